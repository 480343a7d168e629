package io.callstream.cli.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.zip.CRC32;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Creates the secrets that a platform's address contains. */
@Command(
        name = "secret",
        description = "Create a secret for a platform's address.",
        synopsisSubcommandLabel = "COMMAND")
public final class SecretCommand {

    private static final String PREFIX = "callstream_";
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int RANDOM_DIGITS = 30;
    private static final int CHECK_DIGITS = 6;
    private static final SecureRandom RANDOM = new SecureRandom();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Prints a new secret and its SHA-256. Neither is stored anywhere. */
    @Command(
            name = "new",
            mixinStandardHelpOptions = true,
            description = {
                "Create a secret of 178 bits and print it once, with its SHA-256.",
                "Enter the secret in the address at the platform, and its SHA-256 in the gateway's configuration."
            })
    int create() {
        String secret = create(RANDOM);
        spec.commandLine().getOut().printf("secret  %s%nsha256  sha256:%s%n", secret, sha256(secret));
        return 0;
    }

    /** The prefix lets scanners of repositories and logs recognise a leaked secret, the checksum rules out chance. */
    static String create(SecureRandom random) {
        StringBuilder secret = new StringBuilder(PREFIX);
        random.ints(RANDOM_DIGITS, 0, DIGITS.length()).forEach(digit -> secret.append(DIGITS.charAt(digit)));
        CRC32 checksum = new CRC32();
        checksum.update(secret.toString().getBytes(StandardCharsets.US_ASCII));
        StringBuilder check = new StringBuilder();
        long rest = checksum.getValue();
        for (int i = 0; i < CHECK_DIGITS; i++) {
            check.append(DIGITS.charAt((int) (rest % DIGITS.length())));
            rest /= DIGITS.length();
        }
        return secret.append(check.reverse()).toString();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
