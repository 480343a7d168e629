package io.callstream.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.callstream.schemas.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RepeatsTest {

    private final Repeats repeats = new Repeats();

    @Test
    void whatTheGatewayWroteTwiceIsHandledOnce() {
        assertThat(handled(0, "a:1", "a:2", "a:3", "a:2", "a:3", "a:4")).containsExactly("a:1", "a:2", "a:3", "a:4");
    }

    @Test
    void eachJournalCountsForItself() {
        assertThat(handled(0, "a:5", "b:1", "a:6", "b:1", "b:2", "a:5")).containsExactly("a:5", "b:1", "a:6", "b:2");
    }

    @Test
    void eachPartitionCountsForItself() {
        assertThat(handled(0, "a:5")).containsExactly("a:5");
        assertThat(handled(1, "a:2", "a:5", "a:2")).containsExactly("a:2", "a:5");
    }

    @Test
    void whatFailedComesAgain() {
        assertThat(repeats.isRepeat(record(0, "a:1"))).isFalse();
        assertThat(repeats.isRepeat(record(0, "a:1"))).isFalse();
        repeats.handled(record(0, "a:1"));
        assertThat(repeats.isRepeat(record(0, "a:1"))).isTrue();
    }

    @Test
    void aStrangersRecordIsNoRepeat() {
        assertThat(handled(0, "", null, "x", "a:b", "5", ":7", "", "x", null, "a:b", "5", ":7"))
                .hasSize(12);
    }

    @Test
    void itRemembersAsMuchAsItMay() {
        for (int journal = 0; journal <= 10_000; journal++) {
            repeats.handled(record(0, journal + ":1"));
        }
        assertThat(repeats.isRepeat(record(0, "0:1"))).isFalse();
        assertThat(repeats.isRepeat(record(0, "1:1"))).isTrue();
    }

    private List<String> handled(int partition, String... origins) {
        List<String> handled = new ArrayList<>();
        for (String origin : origins) {
            ConsumerRecord<String, String> record = record(partition, origin);
            if (!repeats.isRepeat(record)) {
                handled.add(origin);
                repeats.handled(record);
            }
        }
        return handled;
    }

    private static ConsumerRecord<String, String> record(int partition, String origin) {
        ConsumerRecord<String, String> record = new ConsumerRecord<>("calls.events", partition, 0, "key", "value");
        if (origin != null) {
            record.headers().add(Headers.ORIGIN, origin.getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }
}
