/** Runs the rules as a Kafka Streams application: topics, topology, store, clock, lifecycle, health and metrics. */
@NullMarked
package io.callstream.timeline.streams;

import org.jspecify.annotations.NullMarked;
