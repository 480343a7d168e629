package io.callstream.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process at the first {@link Error} on any thread, such as an {@link OutOfMemoryError}. After such an error
 * the gateway can stay alive without accepting or publishing callbacks. A supervisor restarts it, and the disk journal
 * keeps every record.
 *
 * <p>The default exception handler gets the errors that nothing catches. Libraries catch other errors and log them, so
 * this appender examines every line of the enabled log levels, by default {@code INFO} and higher. At {@code WARN} and
 * higher, every error ends the process. Below, only the JVM's own errors do, because libraries log a missing optional
 * class there. A {@link StackOverflowError} never counts: once it is thrown, the stack is free again.
 */
final class FatalErrors extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** No shell, signal or JVM uses this code. */
    static final int EXIT_CODE = 70;

    private static final int DEEPEST_CAUSE = 16;

    // Encoded in advance, because there may be no memory left when it is needed.
    private static final byte[] WORDS =
            ("Callstream ends because of an error that it cannot recover from. Restart it; a journal on disk keeps every"
                            + " record. If it ran out of memory, raise -Xmx. The error: ")
                    .getBytes(StandardCharsets.UTF_8);
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.err);

    private FatalErrors() {}

    /** Sets the default exception handler of all threads, and adds the appender to the root logger. */
    static void watch() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            endAt(failure, true);
            LoggerFactory.getLogger(FatalErrors.class).error("Thread {} failed", thread.getName(), failure);
        });
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            FatalErrors appender = new FatalErrors();
            appender.setContext(context);
            appender.start();
            context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        boolean isTrouble = event.getLevel().isGreaterOrEqual(Level.WARN);
        if (event.getThrowableProxy() instanceof ThrowableProxy failure) {
            endAt(failure.getThrowable(), isTrouble);
        }
        Object[] arguments = event.getArgumentArray();
        if (arguments != null) {
            for (Object argument : arguments) {
                if (argument instanceof Throwable thrown) {
                    endAt(thrown, isTrouble);
                }
            }
        }
    }

    /** @param isTrouble whether the failure is uncaught or logged at {@code WARN} or higher; every error counts then */
    private static void endAt(Throwable failure, boolean isTrouble) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++, cause = cause.getCause()) {
            boolean counts = isTrouble ? cause instanceof Error : cause instanceof VirtualMachineError;
            if (counts && !(cause instanceof StackOverflowError)) {
                end(cause);
            }
        }
    }

    private static void end(Throwable error) {
        try {
            OUT.write(WORDS);
            OUT.write((error + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
        } catch (IOException | Error e) {
            // Standard error cannot be written. The exit code still shows the error.
        } finally {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
