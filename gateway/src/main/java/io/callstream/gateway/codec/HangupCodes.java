package io.callstream.gateway.codec;

import static java.util.Map.entry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts of the codes in {@code hangupdirection} and {@code hangupcause}. The table comes from a third party and is
 * incomplete [seen].
 */
final class HangupCodes {

    private static final Map<Long, String> TEXTS = Map.ofEntries(
            entry(10001L, "normal"),
            entry(10002L, "cancelled"),
            entry(10003L, "rejected"),
            entry(10004L, "trunk failure"),
            entry(10005L, "user did not answer"),
            entry(10006L, "busy"),
            entry(10007L, "server hangup"),
            entry(10008L, "extension unregistered"),
            entry(10009L, "unreachable"),
            entry(10011L, "timer expiry"),
            entry(10012L, "inbound-callback error"),
            entry(10013L, "extension missing"),
            entry(10014L, "not found"),
            entry(10015L, "request timeout"),
            entry(10016L, "no answer"),
            entry(10017L, "call failed"),
            entry(10019L, "location unknown"),
            entry(10020L, "other"),
            entry(10024L, "bad request"),
            entry(10025L, "forbidden"),
            entry(10027L, "number changed"),
            entry(10028L, "intercepted"),
            entry(10031L, "unknown"),
            entry(10040L, "caller hung up"),
            entry(10041L, "callee hung up"));

    private HangupCodes() {}

    /** Returns {@code null} for an unknown code. */
    static @Nullable String text(@Nullable Long code) {
        return code == null ? null : TEXTS.get(code);
    }
}
