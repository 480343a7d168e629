package io.callstream.gateway.journal.disk;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The threads and clocks of the disk journal, so that a test can control them. */
interface Threads {

    /** A thread that has had work for this long without progress is stuck. */
    Duration STUCK = Duration.ofMinutes(1);

    Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    Scheduler writer();

    Scheduler loader();

    Scheduler clock();

    /** As {@link System#nanoTime}, to measure durations. */
    long nanoTime();

    /** The wall clock, for times that outlive the process; it can jump. */
    long wallMillis();

    /** Returns three daemon threads, one for each scheduler. Their tasks may block. */
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

    /** Runs the task on the thread after the delay. A closed thread ignores it: the gateway is stopping, and its next
     * start does the work. */
    static void run(Scheduler thread, Runnable task, Duration delay) {
        try {
            if (delay.isZero()) {
                thread.schedule(task);
            } else {
                thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (RejectedExecutionException closed) {
            // The thread is closed.
        }
    }

    private static Scheduler thread(String name) {
        return Schedulers.fromExecutorService(Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        }));
    }

    /**
     * Ends a thread. Waits for its tasks, but at most {@link #CLOSE_TIMEOUT}, because the disk may hang. Returns whether
     * they have ended.
     */
    static boolean finish(Scheduler thread) {
        return Boolean.TRUE.equals(thread.disposeGracefully()
                .thenReturn(true)
                .timeout(CLOSE_TIMEOUT, Mono.just(false))
                .block());
    }

    /** Whether a thread that has had work since this time, by {@link #nanoTime}, is stuck. */
    default boolean isStuck(long since) {
        return nanoTime() - since > STUCK.toNanos();
    }
}
