package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.Rejection;

/** One callback's share of a body. */
sealed interface Item {

    /** To be kept if it cannot be decoded. */
    Evidence evidence();

    /** Text that may be a callback. */
    record Candidate(Evidence evidence, String text) implements Item {}

    /** No callback: its bytes are not text, or it cannot be told apart from the rest of the body. */
    record Unreadable(Evidence evidence, Rejection rejection) implements Item {}
}
