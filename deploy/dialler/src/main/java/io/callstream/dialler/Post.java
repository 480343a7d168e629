package io.callstream.dialler;

/** A callback to be posted once, and where its outcome goes. Of the platform's thread alone. */
interface Post {

    String path();

    String contentType();

    String body();

    /** Its line is free for the next one. */
    void answered(int status);

    /** Its line is to rest. */
    void unanswered();
}
