package io.callstream.gateway.ingress;

import java.nio.charset.Charset;
import java.util.List;

/** The result of reading a form. */
sealed interface Form {

    /** A form with more fields is not a callback, and decoding it would only cost time. */
    int MOST_FIELDS = 2000;

    /** The form's fields, in order. */
    record Fields(List<Field> fields) implements Form {}

    /**
     * The form cannot be parsed.
     *
     * @param cause a sentence that says what is wrong with it, and what to do
     */
    record Broken(String cause) implements Form {}

    /** The form has more than {@link #MOST_FIELDS} fields. */
    record TooMany() implements Form {}

    /**
     * One field.
     *
     * @param value its exact bytes, without the form's encoding
     * @param charset the charset of the value
     */
    @SuppressWarnings("ArrayRecordComponent") // Fields are never compared.
    record Field(String name, byte[] value, Charset charset) {}
}
