package io.callstream.gateway.journal;

/**
 * How far a reader of {@link Journal#records} may run ahead of Kafka's acknowledgements.
 *
 * @param records from the oldest unpublished record on, at most this many are handed out: the most that can be published
 *     again after a crash. 1 to 4096.
 * @param bytes at most this many bytes of unpublished records are handed out; a single larger record is handed out alone
 */
public record Window(int records, long bytes) {

    /** The most records of any window. */
    public static final int MOST_RECORDS = 4096;

    public Window {
        if (records < 1 || records > MOST_RECORDS || bytes < 1) {
            throw new IllegalArgumentException("A window of %d records, %d bytes".formatted(records, bytes));
        }
    }

    /** Whether another record fits behind those that are handed out. */
    public boolean hasRoom(int handedOut, long unpublishedBytes, int nextBytes) {
        return handedOut < records && (unpublishedBytes == 0 || unpublishedBytes + nextBytes <= bytes);
    }
}
