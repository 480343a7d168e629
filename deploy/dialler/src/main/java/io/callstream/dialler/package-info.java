/**
 * Simulates the platform: posts the callbacks of simulated calls to a gateway, and compares the records in Kafka with
 * them.
 */
@NullMarked
package io.callstream.dialler;

import org.jspecify.annotations.NullMarked;
