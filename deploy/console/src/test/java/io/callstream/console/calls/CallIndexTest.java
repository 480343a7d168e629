package io.callstream.console.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.schemas.CallState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallIndexTest {

    private static final CallFilter ALL = new CallFilter(null, null, null);

    private final CallIndex index = new CallIndex(3);

    private static CallRow call(String id, long sequence, @Nullable String company) {
        return new CallRow(
                id,
                sequence,
                CallState.State.BILLED,
                company,
                "7",
                "20280005",
                "5550100",
                true,
                1L,
                2L,
                null,
                false,
                null,
                Instant.EPOCH,
                Instant.ofEpochSecond(sequence),
                0,
                0);
    }

    private List<String> latest() {
        return index.latest(ALL, 10).stream().map(CallRow::id).toList();
    }

    @Test
    void theLatestChangeComesFirstAndTheOldestGoesAtTheLimit() {
        // Not in this order: Kafka hands over the partitions one after the other. The number is also the time.
        index.put(call("b", 2, null));
        index.put(call("a", 1, null));
        index.put(call("c", 3, null));
        index.put(call("a", 4, null));
        assertThat(latest()).containsExactly("a", "c", "b");
        index.put(call("d", 5, null));
        assertThat(latest()).containsExactly("d", "a", "c");
        index.put(call("old", 1, null));
        assertThat(latest()).containsExactly("d", "a", "c");
        assertThat(index.size()).isEqualTo(3);
        assertThat(index.get("b")).isNull();
    }

    @Test
    void anOlderStateChangesNothing() {
        index.put(call("a", 5, "new"));
        index.put(call("a", 4, "old"));
        assertThat(index.get("a").company()).isEqualTo("new");
    }

    @Test
    void aForgottenCallIsGone() {
        index.put(call("a", 1, null));
        index.remove("a");
        index.remove("nobody");
        assertThat(latest()).isEmpty();
        assertThat(index.find("a", ALL, 10)).isEmpty();
    }

    @Test
    void aCallIsFoundByTheBeginningOfItsIdAndByPartsOfItsNumbers() {
        index.put(call("AB-1", 1, "2028"));
        for (String text : List.of("ab", "AB-1", "5550100", "8000", "7", "")) {
            assertThat(index.find(text, ALL, 10)).as(text).hasSize(1);
        }
        for (String text : List.of("b-1", "999", "77", "100", "0100", "550100")) {
            assertThat(index.find(text, ALL, 10)).as(text).isEmpty();
        }
    }

    @Test
    void filtersCount() {
        index.put(call("a", 1, "2028"));
        index.put(call("b", 1, "2029"));
        assertThat(index.latest(new CallFilter("2029", null, null), 10)).hasSize(1);
        assertThat(index.latest(new CallFilter(null, "1", null), 10)).isEmpty();
        assertThat(index.latest(new CallFilter("2028", "20280005", CallState.State.BILLED), 10))
                .hasSize(1);
        assertThat(index.latest(new CallFilter(null, null, CallState.State.RINGING), 10))
                .isEmpty();
        assertThat(index.latest(ALL, 1)).hasSize(1);
        assertThat(index.lastByCompany(1)).containsExactly(java.util.Map.entry("2029", Instant.ofEpochSecond(1)));
    }
}
