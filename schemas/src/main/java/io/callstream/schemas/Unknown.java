package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the component that keeps the JSON fields which these types do not know. Its JSON name is NUL, which no field
 * has: under its Java name, the component would read a field {@code unknown} as its own value.
 */
@JacksonAnnotationsInside
@JsonAnyGetter
@JsonAnySetter
@JsonProperty("\0")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD})
@interface Unknown {}
