package io.callstream.gateway.journal.files;

import java.nio.ByteBuffer;

/** Integers in the encoding of Kafka's record format: zigzag, seven bits per byte, the lowest bits first. */
final class Varints {

    private Varints() {}

    /** The number of bytes that the value takes: 1 to 5. */
    static int size(int value) {
        // One byte for each seven significant bits, rounded up; zero takes one byte.
        return (38 - Integer.numberOfLeadingZeros(zigzag(value) | 1)) / 7;
    }

    static void write(ByteBuffer to, int value) {
        int rest = zigzag(value);
        while ((rest & ~0x7f) != 0) {
            to.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        to.put((byte) rest);
    }

    static int read(ByteBuffer from) {
        return (int) readLong(from);
    }

    /** @throws IllegalArgumentException if the integer has more than ten bytes */
    static long readLong(ByteBuffer from) {
        long found = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte next = from.get();
            found |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return found >>> 1 ^ -(found & 1);
            }
        }
        throw new IllegalArgumentException("An integer of more than ten bytes");
    }

    private static int zigzag(int value) {
        return value << 1 ^ value >> 31;
    }
}
