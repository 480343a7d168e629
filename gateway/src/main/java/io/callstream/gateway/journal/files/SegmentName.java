package io.callstream.gateway.journal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file name of a segment: {@code 00000000000001000000.log}, or {@code 00000000000001000000.1.log} if records were
 * written again from the same sequence on. Names sort in the order of the records.
 *
 * @param base the first sequence that the segment can contain
 * @param attempt how many earlier segments with this base were given up
 */
public record SegmentName(long base, int attempt) implements Comparable<SegmentName> {

    private static final Pattern FILE = Pattern.compile("(\\d{20})(?:\\.(\\d{1,9}))?\\.log");
    private static final Comparator<SegmentName> ORDER =
            Comparator.comparingLong(SegmentName::base).thenComparingInt(SegmentName::attempt);

    /** The names of all segments in the folder, in no particular order. */
    static List<SegmentName> in(Storage storage) throws IOException {
        List<SegmentName> found = new ArrayList<>();
        for (String file : storage.names()) {
            SegmentName name = of(file);
            if (name != null) {
                found.add(name);
            }
        }
        return found;
    }

    /** Returns {@code null} if the file is not a segment. */
    public static @Nullable SegmentName of(String file) {
        Matcher matcher = FILE.matcher(file);
        if (!matcher.matches()) {
            return null;
        }
        try {
            String attempt = matcher.group(2);
            return new SegmentName(Long.parseLong(matcher.group(1)), attempt == null ? 0 : Integer.parseInt(attempt));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    String file() {
        return attempt == 0 ? "%020d.log".formatted(base) : "%020d.%d.log".formatted(base, attempt);
    }

    SegmentName nextAttempt() {
        return new SegmentName(base, attempt + 1);
    }

    /**
     * The number that marks the batches of this segment and of no other segment in any folder. It exposes blocks of an
     * older segment that a disk returns. A callback cannot contain it, because no sender knows the salt.
     */
    long generation(long salt) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(ByteBuffer.allocate(20)
                            .putLong(salt)
                            .putLong(base)
                            .putInt(attempt)
                            .array());
            return ByteBuffer.wrap(hash).getLong() & Long.MAX_VALUE;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int compareTo(SegmentName other) {
        return ORDER.compare(this, other);
    }
}
