package io.callstream.gateway.ingress;

import org.jspecify.annotations.Nullable;

/**
 * A linked list of the connections of one event loop that are in one phase. The one that entered the phase first comes
 * first. A connection is in one list at a time and contains its own links, because each request moves it several times.
 */
final class PhaseList {

    /** The links of a connection in its list. */
    static final class Place {

        private @Nullable Connection before;
        private @Nullable Connection after;
    }

    private @Nullable Connection first;
    private @Nullable Connection last;

    @Nullable
    Connection first() {
        return first;
    }

    /** Returns the next connection in the same list; {@code null} at the end. */
    static @Nullable Connection after(Connection connection) {
        return connection.place().after;
    }

    /** Appends a connection that is in no list. */
    void add(Connection connection) {
        connection.place().before = last;
        if (last == null) {
            first = connection;
        } else {
            last.place().after = connection;
        }
        last = connection;
    }

    /** Removes a connection that is in this list. */
    void remove(Connection connection) {
        Connection before = connection.place().before;
        Connection after = connection.place().after;
        if (before == null) {
            first = after;
        } else {
            before.place().after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.place().before = before;
        }
        connection.place().before = null;
        connection.place().after = null;
    }
}
