package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An event of one call, published to {@link Topics#EVENTS}. */
public sealed interface CallEvent extends Event permits StatusEvent, BillEvent {

    /** The prefix of the ids of test calls: {@code callstream check} posts them to test an address. */
    String TEST_PREFIX = "callstream-test-";

    /**
     * Returns the call's id, which is the record's key. It is the vendor's {@code uuid}. If the callback has only a
     * {@code buuid}, it is that, with a warning. The vendor does not document whether the bill of a call has the same
     * {@code uuid} as its statuses.
     *
     * @return at most 256 characters, never {@code null}
     */
    String callId();

    /**
     * Returns when the call started. This is not the time of the status that the event reports.
     *
     * @return an instant in UTC; {@code null} if unknown
     */
    @Nullable
    Instant callStartedAt();

    /**
     * Returns who called whom.
     *
     * @return the direction; {@code null} if unknown
     */
    @Nullable
    Direction direction();

    /**
     * Returns how the call was set up.
     *
     * @return the method; {@code null} if unknown
     */
    @Nullable
    Method method();

    /**
     * Returns the agent's extension.
     *
     * @return the extension; {@code null} if unknown
     */
    @Nullable
    String extension();

    /**
     * Returns the phone number that the called party saw.
     *
     * @return the number as the dialler wrote it; {@code null} if unknown
     */
    @Nullable
    String displayNumber();

    @Override
    @JsonIgnore
    default String key() {
        return callId();
    }

    /**
     * Returns whether the event belongs to a test call. Skip such an event: the call was never made.
     *
     * @return {@code true} if the call's id begins with {@link #TEST_PREFIX}
     */
    @JsonIgnore
    default boolean isTest() {
        return callId().startsWith(TEST_PREFIX);
    }
}
