package io.callstream.gateway.ingress;

import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop that are in one phase, the one that entered it first at the front. A connection is in
 * one list at a time and has its own place in it: each request moves it several times.
 */
final class PhaseList {

    /** A connection's place. */
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

    /** The next one in its list. */
    static @Nullable Connection after(Connection connection) {
        return connection.place().after;
    }

    /** Adds one that is in no list, at the end. */
    void add(Connection connection) {
        connection.place().before = last;
        if (last == null) {
            first = connection;
        } else {
            last.place().after = connection;
        }
        last = connection;
    }

    /** Removes one that is in this list. */
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
