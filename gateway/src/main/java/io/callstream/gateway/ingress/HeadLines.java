package io.callstream.gateway.ingress;

import io.netty.buffer.ByteBuf;

/**
 * Counts the lines of a request's head while it arrives. A decoded line takes up to fifty times its bytes in memory,
 * and the decoder limits only the bytes. {@link RequestRules} checks the exact limit once the head is complete.
 */
final class HeadLines {

    private static final int MOST = 2 * RequestRules.MOST_HEADERS;
    private static final byte LINE_FEED = '\n';

    private int lines;
    private boolean midLine;

    /** Resets the count for another head. */
    void begin() {
        lines = 0;
        midLine = false;
    }

    /** Counts the lines from {@code start} to the head's end. Returns whether the head has too many lines so far. */
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
