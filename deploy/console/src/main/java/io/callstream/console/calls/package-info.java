/**
 * The calls, read from the timeline's topics: the latest calls in a bounded index, and one call's records. Knows no
 * HTML.
 */
@NullMarked
package io.callstream.console.calls;

import org.jspecify.annotations.NullMarked;
