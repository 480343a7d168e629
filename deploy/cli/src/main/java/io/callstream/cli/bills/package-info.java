/** Imports bills from an export of the platform, after an outage. */
@NullMarked
package io.callstream.cli.bills;

import org.jspecify.annotations.NullMarked;
