package io.callstream.gateway.journal.disk;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Where the disk journal works and what its time is, so that a test can decide about both. */
interface Threads {

    /** A thread that has had work for so long and has not got on with it is stuck. */
    Duration STUCK = Duration.ofMinutes(1);

    Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    Scheduler writer();

    Scheduler loader();

    Scheduler clock();

    /** As {@link System#nanoTime}: for what lasts. */
    long nanoTime();

    /** The wall's clock, for what outlives the process; it may jump. */
    long wallMillis();

    /** One thread each, that may block; they do not keep the process alive. */
    static Threads real() {
        return new Threads() {
            private final Scheduler writer = thread("journal-writer");
            private final Scheduler loader = thread("journal-loader");
            private final Scheduler clock = thread("journal-clock");

            @Override
            public Scheduler writer() {
                return writer;
            }

            @Override
            public Scheduler loader() {
                return loader;
            }

            @Override
            public Scheduler clock() {
                return clock;
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public long wallMillis() {
                return System.currentTimeMillis();
            }
        };
    }

    /** A thread that was closed takes nothing more: what it would have done is the next run's. */
    static void run(Scheduler thread, Runnable task, Duration delay) {
        try {
            if (delay.isZero()) {
                thread.schedule(task);
            } else {
                thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (RejectedExecutionException closed) {
            // As said.
        }
    }

    private static Scheduler thread(String name) {
        return Schedulers.fromExecutorService(Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        }));
    }

    /** Ends a thread: waits for what it is at, but not for a disk that hangs. */
    static void finish(Scheduler thread) {
        thread.disposeGracefully().timeout(CLOSE_TIMEOUT, Mono.empty()).block();
    }

    /** Whether a thread that has had work since then, by {@link #nanoTime}, does not get on with it. */
    default boolean isStuck(long since) {
        return nanoTime() - since > STUCK.toNanos();
    }
}
