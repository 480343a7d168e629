/** Tests whether an address works before it is entered at the platform. */
@NullMarked
package io.callstream.cli.check;

import org.jspecify.annotations.NullMarked;
