package io.callstream.gateway.codec;

import io.callstream.schemas.BillEvent;
import io.callstream.schemas.Event;
import org.jspecify.annotations.Nullable;

/** The result of decoding a callback: an event, or the reason why the callback was rejected. */
public sealed interface Outcome {

    /**
     * The callback was decoded into an event.
     *
     * @param id the hash of the callback's canonical JSON: a repeat has the same id, a correction another one
     */
    record Decoded(Event event, String id) implements Outcome {

        /** The label of the event's kind, for metrics. */
        public String kind() {
            return event.kind().label();
        }

        /** What a bill says of its call, for metrics; {@code null} if the event is not a bill. */
        public @Nullable CallResult result() {
            return event instanceof BillEvent bill
                    ? new CallResult(
                            bill.answered(),
                            bill.hangup() == null ? null : bill.hangup().cause(),
                            bill.waitSeconds(),
                            bill.talkSeconds())
                    : null;
        }

        /** Whose call or task it is; {@code null} if the callback does not say. */
        public @Nullable String companyCode() {
            return event.companyCode();
        }
    }

    /**
     * How a call ended. A component is {@code null} if the bill does not have it.
     *
     * @param cause one of a fixed list of texts
     */
    record CallResult(
            @Nullable Boolean answered,
            @Nullable String cause,
            @Nullable Long waitSeconds,
            @Nullable Long talkSeconds) {}

    /**
     * The callback, or one item of a body, cannot be decoded.
     *
     * @param explanation a sentence that names the cause and what to do
     * @param callId the id of the call; {@code null} if it cannot be read
     */
    record Rejection(
            Reason reason, String explanation, @Nullable String callId) implements Outcome {

        public Rejection(Reason reason, String explanation) {
            this(reason, explanation, null);
        }

        /** Returns the same rejection with the hint appended to its explanation. */
        public Rejection with(String hint) {
            return new Rejection(reason, explanation + ' ' + hint, callId);
        }

        /** Why a callback is quarantined. The codes are part of the contract: operators filter and count by them. */
        public enum Reason {
            EMPTY("empty"),
            NOT_TEXT("not-text"),
            NOT_JSON("not-json"),
            NOT_AN_OBJECT("not-an-object"),
            DUPLICATE_FIELD("duplicate-field"),
            NO_CALL_ID("no-call-id"),
            MALFORMED_FORM("malformed-form"),
            TOO_MANY_ITEMS("too-many-items"),
            TOO_LARGE("too-large"),
            UNSUPPORTED_MEDIA_TYPE("unsupported-media-type"),
            /** The company code is not one of the tenant's. */
            OTHER_COMPANY("other-company"),
            /** Kafka rejected the record after the gateway had acknowledged the callback. */
            REFUSED_BY_KAFKA("refused-by-kafka"),
            /** An error in the gateway's own code. */
            FAULT("fault");

            private final String code;

            Reason(String code) {
                this.code = code;
            }

            public String code() {
                return code;
            }
        }
    }
}
