/** The service. It only starts the rooms; imports none of them. */
@NullMarked
package io.callstream.gateway;

import org.jspecify.annotations.NullMarked;
