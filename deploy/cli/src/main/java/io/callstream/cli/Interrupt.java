package io.callstream.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, or a SIGTERM: asks the command to come to its end, and gives it the time to say what it had come to.
 */
public final class Interrupt {

    private static final int PATIENCE_SECONDS = 15;

    private static volatile boolean raised;
    private static final CountDownLatch ENDED = new CountDownLatch(1);

    private Interrupt() {}

    /** Whether the command is to end. */
    public static boolean isRaised() {
        return raised;
    }

    static void listen() {
        Runtime.getRuntime().addShutdownHook(new Thread(Interrupt::raise, "interrupt"));
    }

    /** The command has come to its end with this code: the process ends, with another if it was told to. */
    static void end(int code) {
        ENDED.countDown();
        if (!raised) {
            // The hook is for who is told to stop; this one has ended by itself.
            Runtime.getRuntime().halt(code);
        }
    }

    private static void raise() {
        raised = true;
        try {
            if (!ENDED.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("The command does not stop in time and is ended.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.flush();
        Runtime.getRuntime().halt(Exit.INTERRUPTED);
    }
}
