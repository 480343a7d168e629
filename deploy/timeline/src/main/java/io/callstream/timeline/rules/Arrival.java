package io.callstream.timeline.rules;

import io.callstream.schemas.BillEvent;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Headers;
import io.callstream.schemas.Leg;
import io.callstream.schemas.StatusEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record with the event that it contains.
 *
 * @param event {@code null} if these types do not know the event; it then has no place in the call's life
 */
public record Arrival(Message message, @Nullable CallEvent event) {

    /** Reads a record's event. */
    public static Arrival of(Message message) {
        return new Arrival(
                message, EventJson.read(message.type(), message.value()) instanceof CallEvent event ? event : null);
    }

    /** Returns when the gateway read the callback, in milliseconds; when Kafka appended it if that is not known. */
    public long receivedAt() {
        return event == null ? message.appendedAt() : event.receivedAt().toEpochMilli();
    }

    /** Returns when the call started, in milliseconds; {@code null} if unknown. */
    @Nullable
    Long callStartedAt() {
        Instant at = event == null ? null : event.callStartedAt();
        return at == null ? null : at.toEpochMilli();
    }

    /** Returns whether the event has a place in the call's life. Others are published at once. */
    boolean isOrdered() {
        return event != null && event.kind() != EventKind.UNCLASSIFIED;
    }

    EventKind kind() {
        return event == null ? EventKind.UNCLASSIFIED : event.kind();
    }

    @Nullable
    BillEvent bill() {
        return event instanceof BillEvent bill ? bill : null;
    }

    @Nullable
    StatusEvent status() {
        return isOrdered() && event instanceof StatusEvent status ? status : null;
    }

    @Nullable
    Leg leg() {
        StatusEvent status = status();
        return status == null ? null : status.leg();
    }

    /** Returns whose credential the callback came with; {@code null} if unknown. */
    @Nullable
    String tenant() {
        return message.header(Headers.TENANT);
    }

    /** Distinguishes the callbacks of one call: equal for equal callbacks. */
    long identity() {
        String id = message.header(Headers.CE_ID);
        if (id == null) {
            return Hash.of(message.value());
        }
        try {
            return Long.parseUnsignedLong(id.substring(0, Math.min(16, id.length())), 16);
        } catch (NumberFormatException e) {
            // Another program wrote the record.
            return Hash.of(id);
        }
    }

    /** Distinguishes the records of one callback: equal only if the gateway wrote one of them again. 0 if unknown. */
    int origin() {
        String origin = message.header(Headers.ORIGIN);
        return origin == null ? 0 : (int) Hash.of(origin);
    }
}
