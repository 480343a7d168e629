package io.callstream.timeline.streams;

import io.callstream.schemas.Topics;
import io.callstream.timeline.rules.Rules;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * The topology: one subtopology, no repartition, one store. All names are explicit, because they name topics.
 *
 * <pre>
 *   calls.events ──► rules ──┬──► calls.timeline
 *                      │     ├──► a company's own topic
 *                      │     └──► calls.state
 *                      └ store "calls" with its changelog
 * </pre>
 */
final class TimelineTopology {

    private static final String SOURCE = "events";
    private static final String RULES = "rules";
    private static final String COMPANY_SINK = "company-topic";

    /** Smaller than the default, so that a compacted changelog stays small. */
    private static final String SEGMENT_BYTES = Integer.toString(32 << 20);

    private TimelineTopology() {}

    static Topology of(
            Rules rules, StreamsClients clients, CallMemory memory, TimelineMetrics metrics, CompanyTopics companies) {
        ByteArraySerializer writer = new ByteArraySerializer();
        Topology topology = new Topology()
                .addSource(SOURCE, new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.EVENTS)
                .addProcessor(
                        RULES, () -> new CallProcessor(rules, clients, memory, metrics, !companies.isEmpty()), SOURCE)
                .addStateStore(
                        Stores.keyValueStoreBuilder(
                                        Stores.inMemoryKeyValueStore(CallProcessor.STORE),
                                        Serdes.ByteArray(),
                                        Serdes.ByteArray())
                                .withCachingDisabled()
                                .withLoggingEnabled(Map.of(
                                        TopicConfig.SEGMENT_BYTES_CONFIG,
                                        SEGMENT_BYTES,
                                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                        Integer.toString(TimelineTopics.LARGEST_RECORD),
                                        // Forgotten calls are gone from it, too.
                                        TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
                                        Long.toString(TimelineTopics.MOST_LAG.toMillis()))),
                        RULES)
                .addSink(CallProcessor.TIMELINE_SINK, Topics.TIMELINE, writer, writer, RULES)
                .addSink(CallProcessor.STATE_SINK, Topics.STATE, writer, writer, RULES);
        return companies.isEmpty()
                ? topology
                : topology.addProcessor(CallProcessor.COMPANY, companies::filter, RULES)
                        .addSink(COMPANY_SINK, companies, writer, writer, CallProcessor.COMPANY);
    }
}
