package io.callstream.cli;

/** The exit codes of all commands. */
public final class Exit {

    /** The command ran, and found no fault. */
    public static final int OK = 0;
    /** The command ran, and found a fault. */
    public static final int WRONG = 1;
    /** The command line is not valid. */
    public static final int USAGE = 2;
    /** The command could not run: no gateway, no Kafka or no file. */
    public static final int UNABLE = 3;
    /** The command was stopped by Ctrl-C or SIGTERM. */
    public static final int INTERRUPTED = 130;

    private Exit() {}
}
