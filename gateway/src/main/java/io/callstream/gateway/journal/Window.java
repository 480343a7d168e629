package io.callstream.gateway.journal;

/**
 * How far a reader of {@link Journal#records} may run ahead of Kafka's acknowledgements.
 *
 * @param records the most records that are handed out, from the oldest unpublished one on. This is also the most that
 *     can be published again after a crash. 1 to 4096.
 * @param bytes the most bytes of the unpublished records that are handed out; a single larger record is handed out
 *     alone
 */
public record Window(int records, long bytes) {

    /** The most records that a window can have. */
    public static final int MOST_RECORDS = 4096;

    public Window {
        if (records < 1 || records > MOST_RECORDS || bytes < 1) {
            throw new IllegalArgumentException("A window of %d records, %d bytes".formatted(records, bytes));
        }
    }

    /** Whether one more record can be handed out. */
    public boolean hasRoom(int handedOut, long unpublishedBytes, int nextBytes) {
        return handedOut < records && (unpublishedBytes == 0 || unpublishedBytes + nextBytes <= bytes);
    }
}
