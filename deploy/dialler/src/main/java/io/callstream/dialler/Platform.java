package io.callstream.dialler;

import io.callstream.dialler.Call.Kind;
import io.callstream.dialler.Witness.Answer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Simulates the dialler's platform: posts the callbacks of a campaign when they are due, each once, over a fixed number
 * of keep-alive connections. The next callback of a call is sent after the previous one is answered or given up.
 *
 * <p>Everything runs in one thread, which costs little CPU and needs no locks. A callback that is due while no
 * connection is free waits; its latency is measured from when it was due.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A channel reports its failures to its line.
public final class Platform implements AutoCloseable {

    /** The maximum of calls in progress: at this limit no number is dialled until a call ends. */
    private static final int MOST_CALLS = 500_000;

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);

    private final GatewayAddress address;
    private final BodyForm form;
    private final Duration patience;
    private final MultiThreadIoEventLoopGroup thread = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Bootstrap bootstrap;
    private final List<Line> lines = new ArrayList<>();

    /**
     * @param connections the number of connections, and so the maximum of callbacks in flight
     * @param patience the time-out of a connection attempt and of an answer
     */
    public Platform(GatewayAddress address, BodyForm form, int connections, Duration patience) {
        this.address = address;
        this.form = form;
        this.patience = patience;
        SslContext tls = address.tls() ? tls() : null;
        this.bootstrap = new Bootstrap()
                .group(thread)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis())
                .remoteAddress(address.host().replaceAll("[\\[\\]]", ""), address.port())
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc(), address.host(), address.port()));
                        }
                        channel.pipeline().addLast(new HttpClientCodec());
                    }
                });
        for (int i = 0; i < connections; i++) {
            lines.add(new Line(bootstrap, address));
        }
    }

    private static SslContext tls() {
        try {
            return SslContextBuilder.forClient().build();
        } catch (SSLException e) {
            throw new IllegalStateException("This Java has no TLS", e);
        }
    }

    /** Returns whether the gateway's port accepts a TCP connection. */
    public boolean isReachable() {
        Channel first = bootstrap.connect().awaitUninterruptibly().channel();
        boolean isActive = first.isActive();
        first.close();
        return isActive;
    }

    /**
     * Plays a campaign. Returns when every callback that was sent is answered or given up.
     *
     * @param goingOn when this returns {@code false}, no more callbacks are sent
     */
    public void play(Plan plan, Tally tally, Witness witness, BooleanSupplier goingOn) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Run run = new Run(plan, tally, witness, goingOn, over);
        thread.next().execute(run::begin);
        over.join();
        tally.end();
    }

    /** Plays a campaign without a witness. */
    public Tally play(Plan plan, BooleanSupplier goingOn) {
        Tally tally = new Tally();
        play(plan, tally, Witness.NOBODY, goingOn);
        return tally;
    }

    @Override
    public void close() {
        thread.next().submit(() -> lines.forEach(Line::close)).awaitUninterruptibly();
        thread.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** One campaign that is being played. Used by the platform's thread only. */
    private final class Run {

        private final Plan plan;
        private final Tally tally;
        private final Witness witness;
        private final BooleanSupplier goingOn;
        private final CompletableFuture<Void> over;
        private final Campaign campaign;
        private final PriorityQueue<Call> waiting =
                new PriorityQueue<>(Comparator.comparingLong(call -> call.next().due()));
        private final Deque<Line> idle = new ArrayDeque<>(lines);
        private final long began = System.nanoTime();
        private @Nullable Call toDial;
        private long underWay;
        private long left;
        private @Nullable Future<?> ticking;

        Run(Plan plan, Tally tally, Witness witness, BooleanSupplier goingOn, CompletableFuture<Void> over) {
            this.plan = plan;
            this.tally = tally;
            this.witness = witness;
            this.goingOn = goingOn;
            this.over = over;
            this.campaign = new Campaign(plan, Instant.now());
            this.left = plan.callbacks();
        }

        void begin() {
            toDial = campaign.next();
            ticking = thread.next().scheduleAtFixedRate(this::tick, 0, 1, TimeUnit.MILLISECONDS);
        }

        private void tick() {
            long overdue = System.nanoTime() - patience.toNanos();
            for (Line line : lines) {
                line.giveUpIfSentBefore(overdue);
            }
            pump();
        }

        private void pump() {
            boolean on = left > 0 && goingOn.getAsBoolean();
            while (on && !idle.isEmpty()) {
                Call call = due();
                if (call == null) {
                    break;
                }
                send(idle.remove(), call);
                on = left > 0;
            }
            boolean allSent = waiting.isEmpty() && toDial == null;
            if ((allSent || !on) && underWay == 0 && !over.isDone()) {
                if (ticking != null) {
                    ticking.cancel(false);
                }
                over.complete(null);
            }
        }

        /** Removes and returns the call whose next callback is due first; {@code null} if none is due yet. */
        private @Nullable Call due() {
            long now = now();
            while (toDial != null && waiting.size() < MOST_CALLS && toDial.dialledAt() <= reached(now)) {
                waiting.add(toDial);
                tally.countCall();
                toDial = campaign.next();
            }
            Call soonest = waiting.peek();
            return soonest != null && soonest.next().due() <= now ? waiting.poll() : null;
        }

        /**
         * The campaign's time, up to which numbers have been dialled. In a campaign that is as fast as answered, time
         * jumps from one callback to the next.
         */
        private long reached(long now) {
            Call soonest = waiting.peek();
            return plan.isAsFastAsAnswered() && soonest != null ? soonest.next().due() : now;
        }

        /** The campaign's time in nanoseconds. In a campaign that is as fast as answered, every callback is due. */
        private long now() {
            return plan.isAsFastAsAnswered() ? Long.MAX_VALUE : (long) ((System.nanoTime() - began) * plan.speed());
        }

        private void send(Line line, Call call) {
            Call.Callback callback = call.next();
            Fields fields = call.fields(callback);
            long due = plan.isAsFastAsAnswered() ? System.nanoTime() : began + (long) (callback.due() / plan.speed());
            String path = callback.kind() == Kind.BILL ? address.bill() : address.extensionStatus();
            underWay++;
            left--;
            tally.countSent();
            witness.sent(call.uuid(), form.arrives(fields));
            line.send(new Sent(line, call, path, form.body(fields), due));
        }

        /** A callback in flight on a line. */
        private final class Sent implements Post {

            private final Line line;
            private final Call call;
            private final String path;
            private final String body;
            private final long dueNanos;

            Sent(Line line, Call call, String path, String body, long dueNanos) {
                this.line = line;
                this.call = call;
                this.path = path;
                this.body = body;
                this.dueNanos = dueNanos;
            }

            @Override
            public String path() {
                return path;
            }

            @Override
            public String contentType() {
                return form.contentType();
            }

            @Override
            public String body() {
                return body;
            }

            @Override
            public void answered(int status) {
                tally.countAnswer(status, System.nanoTime() - dueNanos);
                settle(call, status / 100 == 2 ? Answer.ACCEPTED : status < 500 ? Answer.REFUSED : Answer.UNKNOWN);
                free(line);
            }

            @Override
            public void unanswered() {
                tally.countUnanswered();
                settle(call, Answer.UNKNOWN);
                thread.next().schedule(() -> free(line), PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        private void settle(Call call, Answer answer) {
            witness.answered(call.uuid(), answer);
            underWay--;
            call.advance();
            if (!call.isOver()) {
                waiting.add(call);
            }
        }

        private void free(Line line) {
            idle.add(line);
            pump();
        }
    }
}
