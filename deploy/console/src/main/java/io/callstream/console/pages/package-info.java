/** The pages: addresses, HTML, and what stands in front of them. Renders what the other packages have read. */
@NullMarked
package io.callstream.console.pages;

import org.jspecify.annotations.NullMarked;
