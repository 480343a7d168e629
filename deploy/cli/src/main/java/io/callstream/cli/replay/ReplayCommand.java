package io.callstream.cli.replay;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stub. */
@Command(name = "replay")
public final class ReplayCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
