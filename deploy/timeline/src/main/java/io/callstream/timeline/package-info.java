/** The timeline as an application of its own. */
@NullMarked
package io.callstream.timeline;

import org.jspecify.annotations.NullMarked;
