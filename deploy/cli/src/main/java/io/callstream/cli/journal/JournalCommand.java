package io.callstream.cli.journal;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stub. */
@Command(name = "journal")
public final class JournalCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
