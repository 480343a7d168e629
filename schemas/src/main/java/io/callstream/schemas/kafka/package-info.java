/**
 * Serializers and duplicate detection for Java clients of Kafka. Add {@code kafka-clients} to your own dependencies.
 */
@NullMarked
package io.callstream.schemas.kafka;

import org.jspecify.annotations.NullMarked;
