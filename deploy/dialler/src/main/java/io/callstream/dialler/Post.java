package io.callstream.dialler;

/** A callback to post once, and the receiver of its result. Used by the platform's thread only. */
interface Post {

    String path();

    String contentType();

    String body();

    /** The gateway answered. The line is free for the next post. */
    void answered(int status);

    /** The connection failed or the answer timed out. The line must pause before its next post. */
    void unanswered();
}
