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
 * Ends the process at the first {@link Error} on any thread, such as running out of memory: what is left of it would
 * accept callbacks and publish nothing, while a supervisor starts a fresh one and the journal keeps every record.
 *
 * <p>An error that nobody catches is met by the default handler of threads. One that a library catches is logged by it, so
 * it is met in the log, at the levels that are switched on: by default those from {@code INFO}, where libraries log what
 * they did not expect. Below a warning only the JVM's own errors count, because libraries log the lack of an optional
 * class there. {@link StackOverflowError} does not count: it is over when it is thrown.
 */
final class FatalErrors extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** Not one that a shell, a signal or the JVM uses. */
    static final int EXIT_CODE = 70;

    private static final int DEEPEST_CAUSE = 16;

    // Made beforehand: there may be no memory left for it when it is needed.
    private static final byte[] WORDS =
            ("Callstream ends because of an error that it cannot recover from; restart it, the journal keeps every record."
                            + " If it ran out of memory, raise -Xmx. The error: ")
                    .getBytes(StandardCharsets.UTF_8);
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.err);

    private FatalErrors() {}

    /** Has this process watched from now on. */
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

    /** @param isTrouble whether it is met where errors are; what is logged below a warning was expected, but for the JVM's own */
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
            // Nobody can be told; the exit code says it.
        } finally {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
