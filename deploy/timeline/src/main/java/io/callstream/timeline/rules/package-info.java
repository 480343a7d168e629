/**
 * The rules of the timeline, without Kafka: a call, an event and a time say what to publish. No threads, no clocks, no
 * input or output.
 */
@NullMarked
package io.callstream.timeline.rules;

import org.jspecify.annotations.NullMarked;
