package io.callstream.cli.watch;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stub. */
@Command(name = "watch")
public final class WatchCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
