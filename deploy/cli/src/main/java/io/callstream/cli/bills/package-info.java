/** Imports bills that the platform exported, after an outage. */
@NullMarked
package io.callstream.cli.bills;

import org.jspecify.annotations.NullMarked;
