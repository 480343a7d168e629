package io.callstream.gateway.ingress;

import java.nio.charset.Charset;

/**
 * A field of a form.
 *
 * @param value its exact bytes, without the form's encoding
 * @param charset of the value
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record FormField(String name, byte[] value, Charset charset) {}
