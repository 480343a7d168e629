package io.callstream.gateway.codec;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/** JSON as RFC 8259 has it, of a bounded depth. */
public final class StrictJson {

    /** Far longer than any field's; readers of the event have limits of their own. */
    static final int LONGEST_NAME = 1000;

    private StrictJson() {}

    /**
     * Reads JSON strictly. Values may have any length, because the body's own limit bounds them.
     *
     * @param nesting how deep objects and arrays may be nested
     */
    public static JsonFactory factory(int nesting) {
        return JsonFactory.builder()
                // Event loops are few, and each reads one callback after the other.
                .recyclerPool(JsonRecyclerPools.threadLocalPool())
                // The parser's table of names is never emptied, and senders choose the names.
                .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(nesting)
                        .maxNameLength(LONGEST_NAME)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }
}
