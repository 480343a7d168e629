package io.callstream.cli;

/** What a command's exit code says. */
public final class Exit {

    /** All is as it should be. */
    public static final int OK = 0;
    /** It ran, and what it found is not as it should be. */
    public static final int WRONG = 1;
    /** Nobody knows what was meant. */
    public static final int USAGE = 2;
    /** It could not run: no gateway, no Kafka, no file. */
    public static final int UNABLE = 3;
    /** Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private Exit() {}
}
