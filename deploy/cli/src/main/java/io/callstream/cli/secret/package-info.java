/** Creates secrets for the addresses that are entered at platforms. */
@NullMarked
package io.callstream.cli.secret;

import org.jspecify.annotations.NullMarked;
