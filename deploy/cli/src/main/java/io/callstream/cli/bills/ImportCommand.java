package io.callstream.cli.bills;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stub. */
@Command(name = "bills")
public final class ImportCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
