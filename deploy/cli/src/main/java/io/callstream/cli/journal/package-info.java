/** Inspects the journal of a lost gateway, and publishes its records to Kafka. */
@NullMarked
package io.callstream.cli.journal;

import org.jspecify.annotations.NullMarked;
