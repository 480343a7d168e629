package io.callstream.dialler;

/** Is told of every callback; by one thread. */
public interface Witness {

    /** What came of a callback. */
    enum Answer {
        /** 2xx. */
        ACCEPTED,
        /** 4xx: it is not to be in its topic. */
        REFUSED,
        /** 5xx, no answer, a broken connection: nobody knows. */
        UNKNOWN
    }

    /**
     * A callback goes out, after everything that went before of its call was answered.
     *
     * @param arrives its object as it is to stand in the event
     */
    void sent(String call, String arrives);

    /** The callback of the call that was sent last has its answer. */
    void answered(String call, Answer answer);

    /** Who looks at nothing. */
    Witness NOBODY = new Witness() {
        @Override
        public void sent(String call, String arrives) {}

        @Override
        public void answered(String call, Answer answer) {}
    };
}
