package io.callstream.gateway.ingress;

import io.netty.buffer.ByteBuf;

/**
 * Counts the lines of a request's head while it arrives: decoded, each takes up to fifty times its bytes, and the decoder
 * limits only those. Where a head arrives whole, {@link RequestRules} has the limit.
 */
final class HeadLines {

    private static final int MOST = 2 * RequestRules.MOST_HEADERS;
    private static final byte LINE_FEED = '\n';

    private int lines;
    private boolean midLine;

    /** Another head begins. */
    void begin() {
        lines = 0;
        midLine = false;
    }

    /** Counts the lines in there up to the head's end; whether they are too many by now. */
    boolean areTooMany(ByteBuf bytes, int start) {
        int from = start;
        while (lines <= MOST) {
            int end = bytes.indexOf(from, bytes.writerIndex(), LINE_FEED);
            int length = (end < 0 ? bytes.writerIndex() : end) - from;
            boolean isBlank = !midLine && (length == 0 || (length == 1 && bytes.getByte(from) == '\r'));
            if (end < 0) {
                midLine = !isBlank;
                return false;
            }
            if (isBlank) {
                return false;
            }
            midLine = false;
            from = end + 1;
            lines++;
        }
        return true;
    }
}
