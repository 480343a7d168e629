/** Says whether an address is the right one to enter at the platform. */
@NullMarked
package io.callstream.cli.check;

import org.jspecify.annotations.NullMarked;
