package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A JSON value kept as its text, so that {@code 1.50} stays {@code 1.50} and a number of any size is whole.
 *
 * @param text one well-formed JSON value; not checked again
 */
public record RawJson(@JsonValue @JsonRawValue String text) {}
