package io.callstream.cli.bills;

import io.callstream.cli.Fault;
import io.callstream.cli.GatewayClient;
import io.callstream.cli.Printable;
import io.callstream.dialler.GatewayAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Sends the bills of an export. Up to 64 bills are in flight, but never two of one call, because a later bill of a call
 * corrects the earlier one. A bill that the gateway cannot store at the moment is resent, for up to 5 minutes.
 */
final class Import {

    private static final int UNDER_WAY = 64;
    /** The status of a line that is not a bill and was not sent. */
    private static final int NOT_A_BILL = 0;

    private static final int STEP_MILLIS = 100;
    private static final Duration GIVE_UP = Duration.ofMinutes(5);

    private final GatewayClient client;
    private final GatewayAddress address;
    private final Checkpoint checkpoint;
    private final PrintWriter err;
    private final Deque<Sent> underWay = new ArrayDeque<>();
    private final long skipped;
    private long done;
    private long accepted;
    private long refused;
    private boolean isComplete;

    private record Sent(Bills.Bill bill, CompletableFuture<GatewayClient.Reply> reply) {}

    Import(GatewayAddress address, Checkpoint checkpoint, PrintWriter err) {
        this.address = address;
        this.client = new GatewayClient(address);
        this.checkpoint = checkpoint;
        this.err = err;
        this.skipped = checkpoint.done();
        this.done = skipped;
    }

    void run(Bills bills, long total, boolean shows, BooleanSupplier stopped) throws IOException {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("Importing")
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                .setUpdateIntervalMillis(shows ? 250 : Integer.MAX_VALUE)
                .setConsumer(shows ? null : new DelegatingProgressBarConsumer(line -> {}))
                .build();
        try {
            Bills.Bill bill;
            for (long i = 0; i < skipped; i++) {
                bills.next();
            }
            while (!stopped.getAsBoolean() && (bill = bills.next()) != null) {
                boolean goesOn = true;
                while (goesOn && (underWay.size() >= UNDER_WAY || isUnderWay(bill.callId()))) {
                    goesOn = settleOldest(stopped);
                    bar.stepTo(done);
                    bar.setExtraMessage("%d refused".formatted(refused));
                }
                if (!goesOn) {
                    return;
                }
                send(bill);
            }
            while (!underWay.isEmpty() && settleOldest(stopped)) {
                bar.stepTo(done);
            }
            isComplete = done == total;
        } finally {
            checkpoint.done(done);
            bar.close();
        }
    }

    private boolean isUnderWay(String callId) {
        return !callId.isEmpty()
                && underWay.stream().anyMatch(sent -> sent.bill().callId().equals(callId));
    }

    private void send(Bills.Bill bill) {
        String callback = bill.callback();
        underWay.add(new Sent(
                bill,
                callback == null
                        ? CompletableFuture.completedFuture(
                                GatewayClient.Reply.instead(
                                        NOT_A_BILL,
                                        "Not a bill: the line is not a JSON object, or has not the columns of the CSV's first line."))
                        : post(callback)));
    }

    private CompletableFuture<GatewayClient.Reply> post(String callback) {
        byte[] body =
                ("detail=" + URLEncoder.encode(callback, StandardCharsets.UTF_8)).getBytes(StandardCharsets.US_ASCII);
        return client.postAsync(
                address.bill(), Map.of(GatewayClient.CONTENT_TYPE, "application/x-www-form-urlencoded"), body);
    }

    /**
     * Waits for the oldest bill in flight. Bills are settled in the file's order, so that one number is the progress.
     * Returns {@code false} if the run has to stop: the next run sends this bill and all later ones, even if they are
     * answered.
     */
    private boolean settleOldest(BooleanSupplier stopped) throws IOException {
        Sent sent = underWay.element();
        GatewayClient.Reply reply = await(sent, stopped);
        if (reply.isAccepted()) {
            accepted++;
        } else if (isPassing(reply)) {
            return false;
        } else if (!isTheBills(reply)) {
            throw new Fault(
                    "%s answers %d: %s Nothing after bill %d is imported. Correct this and run the import again."
                            .formatted(address.authority(), reply.status(), reply.detail(), done));
        } else {
            refused++;
            err.printf("line %d: %s%n", sent.bill().line(), Printable.line(reply.detail()));
            err.flush();
        }
        underWay.remove();
        done++;
        if (done % UNDER_WAY == 0) {
            checkpoint.done(done);
        }
        return true;
    }

    private GatewayClient.Reply await(Sent sent, BooleanSupplier stopped) {
        long until = System.nanoTime() + GIVE_UP.toNanos();
        CompletableFuture<GatewayClient.Reply> tried = sent.reply();
        while (true) {
            GatewayClient.Reply reply = join(tried);
            if (!isPassing(reply) || stopped.getAsBoolean()) {
                return reply;
            }
            if (System.nanoTime() - until > 0) {
                throw new Fault("%s has not accepted a bill for %d minutes: %s Run the command again to continue."
                        .formatted(address.authority(), GIVE_UP.toMinutes(), reply.detail()));
            }
            pause(reply.retryAfter(), stopped);
            tried = post(String.valueOf(sent.bill().callback()));
        }
    }

    private static GatewayClient.Reply join(CompletableFuture<GatewayClient.Reply> tried) {
        try {
            return tried.join();
        } catch (CompletionException e) {
            return GatewayClient.Reply.instead(503, "No answer (%s).".formatted(e.getCause()));
        }
    }

    /** Whether the bill itself is wrong. Any other refusal is due to the address, the secret or a proxy. */
    private static boolean isTheBills(GatewayClient.Reply reply) {
        return List.of(NOT_A_BILL, 400, 413, 415, 422).contains(reply.status());
    }

    /** Whether the gateway may accept the bill later. */
    private static boolean isPassing(GatewayClient.Reply reply) {
        return reply.status() >= 500 || reply.status() == 429 || reply.status() == 408;
    }

    /** In steps, because Ctrl-C leaves less time than a gateway may ask for. */
    private static void pause(Duration time, BooleanSupplier stopped) {
        long until = System.nanoTime() + time.toNanos();
        try {
            while (!stopped.getAsBoolean() && System.nanoTime() - until < 0) {
                TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The number of bills that an earlier run settled. */
    long skipped() {
        return skipped;
    }

    long accepted() {
        return accepted;
    }

    /** The number of bills that the gateway refused, and of lines that are not bills. */
    long refused() {
        return refused;
    }

    boolean isComplete() {
        return isComplete;
    }
}
