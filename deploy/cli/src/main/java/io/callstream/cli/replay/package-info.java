/** Lists what is in quarantine, and sends it again. */
@NullMarked
package io.callstream.cli.replay;

import org.jspecify.annotations.NullMarked;
