package io.callstream.timeline.streams;

import io.callstream.schemas.Headers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.TopicNameExtractor;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * The topics of single companies: an allow-list. Only listed topics are written to, because a missing topic would block
 * the whole stream.
 */
final class CompanyTopics implements TopicNameExtractor<byte[], byte[]> {

    /** By the header {@code ce_source}. */
    private final Map<String, String> topics = new HashMap<>();

    /** @param companies the topics by company code */
    CompanyTopics(Map<String, String> companies) {
        companies.forEach((company, topic) -> topics.put(Headers.source(company), topic));
    }

    boolean isEmpty() {
        return topics.isEmpty();
    }

    private @Nullable String topic(org.apache.kafka.common.header.Headers headers) {
        Header source = headers.lastHeader(Headers.CE_SOURCE);
        return source == null ? null : topics.get(new String(source.value(), StandardCharsets.UTF_8));
    }

    @Override
    public String extract(byte[] key, byte[] value, RecordContext context) {
        String topic = topic(context.headers());
        if (topic == null) {
            throw new IllegalStateException("The filter lets no record of another company pass");
        }
        return topic;
    }

    /** Lets only records of listed companies pass. */
    Processor<byte[], byte[], byte[], byte[]> filter() {
        return new ContextualProcessor<>() {
            @Override
            public void process(Record<byte[], byte[]> record) {
                if (topic(record.headers()) != null) {
                    context().forward(record);
                }
            }
        };
    }
}
