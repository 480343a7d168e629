package io.callstream.dialler;

/** Observes every callback of a campaign. All methods are called by the platform's thread. */
public interface Witness {

    /** The gateway's answer to a callback. */
    enum Answer {
        /** 2xx: the callback must be in its topic. */
        ACCEPTED,
        /** 3xx or 4xx: the callback must not be in its topic. */
        REFUSED,
        /** 5xx, no answer or a broken connection: the callback may be in its topic. */
        UNKNOWN
    }

    /**
     * A callback is about to be sent. All earlier callbacks of its call are answered or given up.
     *
     * @param arrives the text that the event's {@code vendor} must have
     */
    void sent(String call, String arrives);

    /** The last callback sent for this call is answered or given up. */
    void answered(String call, Answer answer);

    /** Ignores every callback. */
    Witness NOBODY = new Witness() {
        @Override
        public void sent(String call, String arrives) {}

        @Override
        public void answered(String call, Answer answer) {}
    };
}
