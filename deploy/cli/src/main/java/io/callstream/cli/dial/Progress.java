package io.callstream.cli.dial;

import io.callstream.dialler.Plan;
import io.callstream.dialler.Tally;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows a progress bar on the terminal while a campaign is played. */
final class Progress {

    private static final Duration EVERY = Duration.ofMillis(250);

    private final Tally tally;
    private final boolean countsCalls;
    private final ProgressBar bar;
    private final Thread thread = new Thread(this::follow, "progress");
    private volatile boolean over;

    Progress(Plan plan, Tally tally) {
        this.tally = tally;
        this.countsCalls = plan.callbacks() == Long.MAX_VALUE;
        long most = Math.min(plan.calls(), plan.callbacks());
        this.bar = new ProgressBarBuilder()
                .setTaskName("Dialling")
                .setUnit(countsCalls ? " calls" : " callbacks", 1)
                .setInitialMax(most == Long.MAX_VALUE ? -1 : most)
                .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                .setUpdateIntervalMillis((int) EVERY.toMillis())
                .hideEta()
                .build();
        thread.setDaemon(true);
        thread.start();
    }

    private void follow() {
        while (!over) {
            show();
            try {
                Thread.sleep(EVERY.toMillis());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void show() {
        bar.stepTo(countsCalls ? tally.calls() : tally.sent());
        bar.setExtraMessage(String.format(
                Locale.ROOT,
                "%,.0f/s  p99 %.1f ms  %d refused  %d unanswered",
                tally.rate(),
                tally.latencies().getValueAtPercentile(99) / 1000.0,
                tally.refusals(),
                tally.unanswered()));
    }

    void end() {
        over = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        show();
        bar.close();
    }
}
