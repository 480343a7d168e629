/** The sender's side: plays calls at a gateway as the platform would, and holds what stands in Kafka against what was sent. */
@NullMarked
package io.callstream.dialler;

import org.jspecify.annotations.NullMarked;
