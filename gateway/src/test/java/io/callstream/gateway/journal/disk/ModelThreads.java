package io.callstream.gateway.journal.disk;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/** Threads that run a task only when the test says so, and a clock that only the test advances. */
final class ModelThreads implements Threads {

    private final Manual writer = new Manual();
    private final Manual loader = new Manual();
    private final Manual clock = new Manual();
    private long nanos = 1L << 40;

    @Override
    public Manual writer() {
        return writer;
    }

    @Override
    public Manual loader() {
        return loader;
    }

    @Override
    public Manual clock() {
        return clock;
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return 1_700_000_000_000L + TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** Advances the clock, runs the periodic tasks and makes all delayed tasks due. */
    void pass(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
        clock.periodic.forEach(Runnable::run);
        loader.periodic.forEach(Runnable::run);
        for (Manual thread : new Manual[] {loader, writer}) {
            thread.tasks.addAll(thread.delayed);
            thread.delayed.clear();
        }
    }

    static final class Manual implements Scheduler {

        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private boolean running;
        private final List<Runnable> delayed = new ArrayList<>();
        private final List<Runnable> periodic = new ArrayList<>();

        /** Runs the next due task. Returns {@code false} if there is none, or if a task is running. */
        boolean run() {
            Runnable task = running ? null : tasks.poll();
            if (task != null) {
                running = true;
                try {
                    task.run();
                } finally {
                    running = false;
                }
            }
            return task != null;
        }

        @Override
        public Disposable schedule(Runnable task) {
            tasks.add(task);
            return Disposables.disposed();
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            delayed.add(task);
            return Disposables.disposed();
        }

        @Override
        public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
            periodic.add(task);
            return Disposables.disposed();
        }

        @Override
        public Worker createWorker() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void dispose() {}
    }
}
