package io.callstream.embeddedkafka.testing;

import java.io.IOException;

/** Sends signals that Java cannot send. */
final class Signals {

    private Signals() {}

    static void send(Process process, String signal) {
        try {
            int status = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new AssertionError("kill ended with " + status);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
