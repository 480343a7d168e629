package io.callstream.cli;

import io.callstream.cli.bills.ImportCommand;
import io.callstream.cli.call.CallCommand;
import io.callstream.cli.check.CheckCommand;
import io.callstream.cli.dial.DialCommand;
import io.callstream.cli.erase.EraseCommand;
import io.callstream.cli.journal.JournalCommand;
import io.callstream.cli.quarantine.QuarantineCommand;
import io.callstream.cli.secret.SecretCommand;
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
        description = "Test, watch and repair a Callstream gateway.",
        versionProvider = Callstream.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Success.",
            "1:The command ran, but something is wrong. The output says what.",
            "2:The command line is wrong.",
            "3:The command could not run: the gateway, Kafka or a file is not available.",
            "130:Ctrl-C."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  callstream dial                          post five calls to a gateway on this machine",
            "  callstream watch                         show calls live",
            "  callstream call ID                       show one call",
            "  callstream check https://gw.example      test an address",
            "  source <(callstream generate-completion) complete commands in bash, zsh"
        },
        subcommands = {
            DialCommand.class,
            WatchCommand.class,
            CallCommand.class,
            CheckCommand.class,
            QuarantineCommand.class,
            EraseCommand.class,
            ImportCommand.class,
            JournalCommand.class,
            SecretCommand.class,
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

    /**
     * Runs a command in this process and writes its output and its errors to {@code out}. Returns its exit code. No
     * argument names a file with more of them.
     */
    public static int run(PrintWriter out, String... arguments) {
        return commandLine().setExpandAtFiles(false).setOut(out).setErr(out).execute(arguments);
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
                            "The command failed because of an error in its own code: " + failure
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
