package io.callstream.cli;

import io.callstream.dialler.GatewayAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option for a gateway's secret, which every command adds to the gateway's address. */
public final class GatewayOption {

    public static final String LOCAL = "http://127.0.0.1:8080";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Option(
            names = "--secret",
            paramLabel = "SECRET",
            defaultValue = "${env:CALLSTREAM_SECURITY_SECRET}",
            description =
                    "The gateway's secret, unless the address contains it. Default: CALLSTREAM_SECURITY_SECRET, which"
                            + " keeps it out of the process list.")
    private @Nullable String secret;

    /**
     * Parses an address and adds the secret to it.
     *
     * @throws ParameterException if the address or the secret is not usable
     */
    public GatewayAddress address(String typed) {
        try {
            return GatewayAddress.of(typed, secret == null || secret.isEmpty() ? null : secret);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()));
        }
    }
}
