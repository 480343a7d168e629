package io.callstream.gateway.journal;

import java.util.concurrent.Executors;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Where the disk journal works and what its time is, so that a test can decide about both. */
interface Threads {

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

    private static Scheduler thread(String name) {
        return Schedulers.fromExecutorService(Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        }));
    }
}
