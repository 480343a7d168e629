package io.callstream.timeline.rules;

import io.callstream.schemas.EventKind;
import io.callstream.schemas.Leg;
import org.jspecify.annotations.Nullable;

/** What has been published of one leg: the times at which its statuses were received, in milliseconds; 0 for none. */
final class Track {

    final Leg.Side side;
    final @Nullable String id;

    @Nullable
    String extension;

    long ring;
    long answer;
    long hangup;

    Track(Leg.Side side, @Nullable String id) {
        this.side = side;
        this.id = id;
    }

    boolean is(Leg leg) {
        return side == leg.side() && (id == null ? leg.id() == null : id.equals(leg.id()));
    }

    /** Whether the ring is published, or will not be in its place any more. */
    boolean isPastRing() {
        return ring != 0 || isPastAnswerStart();
    }

    private boolean isPastAnswerStart() {
        return answer != 0 || hangup != 0;
    }

    /** Whether the status comes too late to be in its place. */
    boolean isPast(EventKind kind) {
        return switch (kind) {
            case RING -> isPastAnswerStart();
            case ANSWER -> hangup != 0;
            default -> false;
        };
    }

    void mark(EventKind kind, long receivedAt) {
        switch (kind) {
            case RING -> ring = ring == 0 ? receivedAt : ring;
            case ANSWER -> answer = answer == 0 ? receivedAt : answer;
            default -> hangup = hangup == 0 ? receivedAt : hangup;
        }
    }
}
