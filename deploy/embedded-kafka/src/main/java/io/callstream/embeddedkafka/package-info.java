/** Runs a real Kafka broker in this JVM: one node, KRaft, on loopback. It does not depend on the gateway. */
@NullMarked
package io.callstream.embeddedkafka;

import org.jspecify.annotations.NullMarked;
