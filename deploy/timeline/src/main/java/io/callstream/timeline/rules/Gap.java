package io.callstream.timeline.rules;

import io.callstream.schemas.EventKind;

/**
 * A status that should have come and has not.
 *
 * @param leg the index of the leg in the call; {@link #ANY_LEG} if no leg is known, or for a bill
 */
record Gap(int leg, EventKind kind) {

    static final int ANY_LEG = -1;
}
