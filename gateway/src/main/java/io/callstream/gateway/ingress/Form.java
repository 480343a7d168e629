package io.callstream.gateway.ingress;

import java.util.List;

/** What reading a form gives. */
sealed interface Form {

    /** More cannot be a callback's: they would only cost time. */
    int MOST_FIELDS = 2000;

    /** Its fields, in order. */
    record Fields(List<FormField> fields) implements Form {}

    /**
     * It cannot be taken apart.
     *
     * @param cause a sentence that says what is wrong with it, and what to do
     */
    record Broken(String cause) implements Form {}

    /** It has more than {@link #MOST_FIELDS}. */
    record TooMany() implements Form {}
}
