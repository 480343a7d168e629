package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A JSON value, kept as its text: {@code 1.50} stays {@code 1.50}, and a number of any size keeps all its digits. Two
 * values are equal only if their texts are equal, blanks included.
 *
 * @param text one well-formed JSON value, never {@code null}; it is written as it is and not validated
 */
public record RawJson(@JsonValue @JsonRawValue String text) {}
