package io.callstream.cli;

import io.callstream.cli.bills.ImportCommand;
import io.callstream.cli.check.CheckCommand;
import io.callstream.cli.dial.DialCommand;
import io.callstream.cli.journal.JournalCommand;
import io.callstream.cli.quarantine.QuarantineCommand;
import io.callstream.cli.watch.WatchCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program's main class and root command. */
@Command(
        name = "callstream",
        description = "Try, watch and repair a Callstream gateway.",
        versionProvider = Callstream.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:All is as it should be.",
            "1:It ran, and something is not as it should be; the output says what.",
            "2:The command line was not understood.",
            "3:It could not run: no gateway, no Kafka, no such file.",
            "130:Ctrl-C."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  callstream dial                          play five calls at a gateway on this machine, and verify them",
            "  callstream watch                         see calls as they come",
            "  callstream check https://gw.example/keys/…/callbacks",
            "  source <(callstream generate-completion) completion for this shell"
        },
        subcommands = {
            DialCommand.class,
            WatchCommand.class,
            CheckCommand.class,
            QuarantineCommand.class,
            ImportCommand.class,
            JournalCommand.class,
            AutoComplete.GenerateCompletion.class
        })
public final class Callstream {

    private Callstream() {}

    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Callstream.class.getPackage().getImplementationVersion();
            return new String[] {"callstream " + (version == null ? "(from its classes)" : version)};
        }
    }

    public static void main(String[] arguments) {
        // The command reports an error of Kafka's client in one sentence, so this file switches the client's log off.
        System.setProperty("logback.configurationFile", "io/callstream/cli/logback.xml");
        Interrupt.listen();
        int code = run(arguments);
        System.out.flush();
        Interrupt.end(code);
    }

    /** Runs a command in this process and returns its exit code, see {@link Exit}. */
    public static int run(String... arguments) {
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Callstream())
                .registerConverter(Duration.class, new DurationConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((wrong, arguments) -> {
                    CommandLine command = wrong.getCommandLine();
                    command.getErr().println(error(command, String.valueOf(wrong.getMessage())));
                    command.getErr()
                            .printf(
                                    "%s --help says more.%n",
                                    command.getCommandSpec().qualifiedName());
                    return Exit.USAGE;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    PrintWriter err = command.getErr();
                    if (failure instanceof Fault fault) {
                        err.println(error(command, String.valueOf(fault.getMessage())));
                        return Exit.UNABLE;
                    }
                    err.println(error(
                            command,
                            "The command met a fault of its own: " + failure
                                    + ". CALLSTREAM_STACKTRACE=1 in the environment shows more."));
                    if (System.getenv("CALLSTREAM_STACKTRACE") != null) {
                        StringWriter trace = new StringWriter();
                        failure.printStackTrace(new PrintWriter(trace));
                        err.println(Printable.block(trace.toString()));
                    }
                    return Exit.UNABLE;
                });
    }

    /** Makes the message safe to print, because it can quote text from outside. */
    private static CommandLine.Help.Ansi.Text error(CommandLine command, String message) {
        return command.getColorScheme().errorText(Printable.line(message));
    }
}
