/** Lists, shows and resends the quarantined callbacks. */
@NullMarked
package io.callstream.cli.quarantine;

import org.jspecify.annotations.NullMarked;
