package io.callstream.gateway.codec;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/** Creates JSON parsers that accept only RFC 8259 and limit the nesting depth. */
public final class StrictJson {

    /** In characters. Much longer than the name of any known field. Readers of the event have limits of their own. */
    static final int LONGEST_NAME = 1000;

    private StrictJson() {}

    /**
     * Creates a factory for strict parsers. Values may have any length, because the limit on the body bounds them.
     *
     * @param nesting how deep objects and arrays may be nested
     */
    public static JsonFactory factory(int nesting) {
        return JsonFactory.builder()
                // A pool for each thread is enough: there are few event loops, and each reads one callback at a time.
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
