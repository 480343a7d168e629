/** The pages: their addresses, their HTML, and the guard that checks each request. Renders what the other packages have read. */
@NullMarked
package io.callstream.console.pages;

import org.jspecify.annotations.NullMarked;
