/** A real Kafka broker inside this JVM: one node, KRaft, on loopback. Knows nothing of callbacks. */
@NullMarked
package io.callstream.embeddedkafka;

import org.jspecify.annotations.NullMarked;
