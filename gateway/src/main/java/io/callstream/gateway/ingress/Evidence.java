package io.callstream.gateway.ingress;

import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an item that cannot be decoded, so that it can be posted again.
 *
 * @param bytes the item's exact bytes, or the whole body's
 * @param charset of the item's bytes; {@code null} where they are the whole body's
 * @param hint what may be the cause, as a sentence to stand behind the decoder's own; {@code null} where nothing is known
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Evidence(
        byte[] bytes, @Nullable Charset charset, @Nullable String hint) {

    static Evidence whole(byte[] body) {
        return new Evidence(body, null, null);
    }

    boolean isWhole() {
        return charset == null;
    }

    Evidence with(String hint) {
        return new Evidence(bytes, charset, hint);
    }
}
