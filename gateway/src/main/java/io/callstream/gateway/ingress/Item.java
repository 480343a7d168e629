package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.Rejection;

/** One callback's share of a body. */
sealed interface Item {

    /** The exact bytes, should it have to be quarantined. */
    byte[] bytes();

    /** What may be a callback, as text. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Candidate(byte[] bytes, String text) implements Item {}

    /** What cannot be: its bytes are no text, or it could not be told apart from the rest of the body. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Unreadable(byte[] bytes, Rejection rejection) implements Item {}
}
