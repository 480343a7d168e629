package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.Outcome.Rejection;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** The part of a body that belongs to one callback. */
sealed interface Item {

    /** Stored in quarantine if the item cannot be decoded. */
    Evidence evidence();

    /** Text that may be a callback. */
    record Candidate(Evidence evidence, String text) implements Item {}

    /** Bytes that are not a callback: they are not text, or cannot be separated from the rest of the body. */
    record Unreadable(Evidence evidence, Rejection rejection) implements Item {}

    /**
     * The bytes to store if an item cannot be decoded, so that it can be posted again.
     *
     * @param bytes the item's exact bytes, or the whole body's
     * @param charset the charset of the item's bytes; {@code null} if they are the whole body's
     * @param hint the possible cause, a sentence that follows the decoder's own; {@code null} if none is known
     */
    @SuppressWarnings("ArrayRecordComponent") // Evidence is never compared.
    record Evidence(
            byte[] bytes,
            @Nullable Charset charset,
            @Nullable String hint) {

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
}
