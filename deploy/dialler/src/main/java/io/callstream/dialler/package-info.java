/** The sender's side: plays calls at a gateway as the platform would, and compares the records in Kafka with them. */
@NullMarked
package io.callstream.dialler;

import org.jspecify.annotations.NullMarked;
