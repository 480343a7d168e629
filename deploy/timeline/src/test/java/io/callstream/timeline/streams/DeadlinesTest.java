package io.callstream.timeline.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

    /** Calls come and are forgotten early, some of them again and again. */
    @Test
    void callsThatAreForgottenEarlyLeaveNoTraceForHours() {
        Set<String> remembered = new HashSet<>();
        Deadlines deadlines = new Deadlines(key -> remembered.contains(new String(key, UTF_8)) ? 1L : null);
        int limit = 100;
        for (int i = 0; i < 100_000; i++) {
            String call = "call-" + i % 10_000;
            if (remembered.add(call)) {
                deadlines.remember(call.getBytes(UTF_8), (long) i, i + 10);
            }
            while (deadlines.calls() > limit) {
                remembered.remove(new String(deadlines.forgets.remove().key(), UTF_8));
            }
            assertThat(deadlines.orphans.size()).isLessThanOrEqualTo(2 * (limit + 1) + 1000);
        }
        assertThat(deadlines.calls()).isEqualTo(limit);
    }
}
