package io.callstream.cli.bills;

import io.callstream.cli.Exit;
import io.callstream.cli.Fault;
import io.callstream.cli.GatewayOption;
import io.callstream.cli.Interrupt;
import io.callstream.cli.Printable;
import io.callstream.cli.Screen;
import io.callstream.dialler.GatewayAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code callstream import}: sends the bills of an export to a gateway. */
@Command(
        name = "import",
        description = {
            "Sends bills that the platform has exported through the gateway, after an outage. Each event's vendor object gets"
                    + " callstreamImported: true.",
            "FILE.progress stores the progress, so a second run continues after a stop. It may send up to 64 bills twice,"
                    + " with the same ce_id."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  callstream import bills.jsonl",
            "  callstream import bills.csv http://gw:8080 --secret S --charset GBK"
        })
public final class ImportCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "JSON lines with one bill each, or CSV with the vendor's field names in its first line.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "URL",
            defaultValue = GatewayOption.LOCAL,
            description = "The gateway (default: ${DEFAULT-VALUE}).")
    private String url = GatewayOption.LOCAL;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Option(
            names = "--format",
            paramLabel = "jsonl|csv",
            description = "The file's format, if its name does not end with it.")
    private @Nullable String format;

    @Option(
            names = "--charset",
            paramLabel = "NAME",
            defaultValue = "UTF-8",
            description = "The file's charset (default: UTF-8).")
    private Charset charset = StandardCharsets.UTF_8;

    @Option(names = "--again", description = "Start at the first bill, even if an earlier run has imported it.")
    private boolean again;

    @Override
    public Integer call() {
        GatewayAddress address = gateway.address(url);
        if (!Files.isRegularFile(file)) {
            throw new Fault("%s is not a file. Name the export.".formatted(file));
        }
        try {
            Checkpoint checkpoint = Checkpoint.of(
                    file, String.join(" ", address.authority(), charset.name(), String.valueOf(format)), again);
            long total = count();
            if (checkpoint.done() >= total) {
                out().printf(
                                "All %,d bills of %s were imported before. --again imports them again.%n",
                                total, Printable.line(file.toString()));
                out().flush();
                return Exit.OK;
            }
            if (checkpoint.done() > 0) {
                out().printf("Continuing after bill %,d.%n", checkpoint.done());
            }
            Import run = new Import(address, checkpoint, command.commandLine().getErr());
            try (Bills bills = bills()) {
                run.run(bills, total, Screen.isTerminal(), Interrupt::isRaised);
            }
            out().printf(
                            "%,d of %,d bills imported%s%s%n",
                            run.accepted(),
                            total - run.skipped(),
                            run.refused() == 0 ? "" : ", %,d refused (see above)".formatted(run.refused()),
                            run.isComplete() ? "." : "; run it again to go on.");
            out().flush();
            return run.isComplete() && run.refused() == 0 ? Exit.OK : Exit.WRONG;
        } catch (IOException e) {
            throw new Fault("%s cannot be read: %s. Is --charset right?".formatted(file, e), e);
        }
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }

    private long count() throws IOException {
        long count = 0;
        try (Bills bills = bills()) {
            while (bills.next() != null) {
                count++;
            }
        }
        return count;
    }

    private Bills bills() throws IOException {
        String kind = format != null ? format : file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (kind.endsWith("csv")) {
            return Bills.ofCsv(file, charset);
        }
        if (kind.endsWith("jsonl") || kind.endsWith("json") || kind.endsWith("ndjson")) {
            return Bills.ofJsonLines(file, charset);
        }
        throw new ParameterException(
                command.commandLine(), "The format of %s is not known. Set --format jsonl or csv.".formatted(file));
    }
}
