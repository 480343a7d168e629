/** Reads topics from one place to another. Belongs to no group, so it takes no records from other consumers. */
@NullMarked
package io.callstream.console.kafka;

import org.jspecify.annotations.NullMarked;
