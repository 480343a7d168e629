/** The contract for Java clients of Kafka. Needs {@code kafka-clients}, which every such client brings along. */
@NullMarked
package io.callstream.schemas.kafka;

import org.jspecify.annotations.NullMarked;
