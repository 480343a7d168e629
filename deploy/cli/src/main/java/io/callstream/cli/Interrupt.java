package io.callstream.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Handles Ctrl-C and SIGTERM: asks the command to stop, and gives it 15 seconds to print its result so far. */
public final class Interrupt {

    private static final int PATIENCE_SECONDS = 15;

    private static volatile boolean raised;
    private static final CountDownLatch ENDED = new CountDownLatch(1);

    private Interrupt() {}

    /** Whether the command must stop. */
    public static boolean isRaised() {
        return raised;
    }

    static void listen() {
        Runtime.getRuntime().addShutdownHook(new Thread(Interrupt::raise, "interrupt"));
    }

    /**
     * Ends the process with the command's exit code. After Ctrl-C or SIGTERM the exit code is {@link Exit#INTERRUPTED}
     * instead.
     */
    static void end(int code) {
        ENDED.countDown();
        if (!raised) {
            // An exit would run the hook, which is only for Ctrl-C and SIGTERM.
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
