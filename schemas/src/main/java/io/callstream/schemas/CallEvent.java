package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An event of one call; stands in {@link Topics#EVENTS}. */
public sealed interface CallEvent extends Event permits StatusEvent, BillEvent {

    /** The ids of calls that were never made begin so: {@code callstream check} plays them to try an address. */
    String TEST_PREFIX = "callstream-test-";

    /** The vendor's {@code uuid} of the call; its {@code buuid}, with a warning, where the callback had no other. */
    String callId();

    /** When the call started, not when it reached this state. */
    @Nullable
    Instant callStartedAt();

    @Nullable
    Direction direction();

    @Nullable
    Method method();

    /** The agent's extension. */
    @Nullable
    String extension();

    /** The number that the called party saw. */
    @Nullable
    String displayNumber();

    @Override
    @JsonIgnore
    default String key() {
        return callId();
    }

    /** Whether it is of a call that was never made, and so nothing that a consumer should act on. */
    @JsonIgnore
    default boolean isTest() {
        return callId().startsWith(TEST_PREFIX);
    }
}
