/** Lists the quarantined callbacks, shows them and sends them again. */
@NullMarked
package io.callstream.cli.quarantine;

import org.jspecify.annotations.NullMarked;
