package io.callstream.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** The tenants file: what can be written in it, each mistake, and what happens when it changes. */
class TenantsFileTest {

    private static final String SECRET = "acme-current-secret-1";

    private static final String GOOD = """
            callstream.security.tenants:
              acme:
                secrets:
                  spring: { value: "%s" }
                  summer: { value: "sha256:%s", expires: 2027-01-01T00:00:00Z }
                company-codes: [1001, c-2]
                networks: [192.0.2.0/24]
                zone: Europe/Berlin
                reply: ok
                reply-headers: { X-Result: "1" }
                undecodable-status: 422
                max-rate: 5
                above-rate: refuse
                max-quarantine-records: 3
                max-quarantine-size: 1MB
                journal-share: 70
                reception-share: 60
                privacy: { numbers: pseudonym, key: a-key-of-32-characters-for-tests }
            """.formatted(SECRET, "0f".repeat(32));

    @TempDir
    Path folder;

    private Tenants load(String content) throws Exception {
        return new TenantsFile(Files.writeString(folder.resolve("tenants.yaml"), content)).load();
    }

    @Test
    void everythingThatCanBeWrittenIsRead() throws Exception {
        Tenant acme = load(GOOD).find(Secret.Hash.of(SECRET)).tenant();
        assertThat(acme.name()).isEqualTo("acme");
        assertThat(acme.owns("1001")).isTrue();
        assertThat(acme.owns("c-2")).isTrue();
        assertThat(acme.owns("1002")).isFalse();
        assertThat(acme.owns(null)).isTrue();
        assertThat(acme.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(acme.reply()).isEqualTo("ok");
        assertThat(acme.replyHeaders()).isEqualTo(Map.of("X-Result", "1"));
        assertThat(acme.undecodableStatus()).isEqualTo(422);
        assertThat(acme.privacy()).isNotNull();
        assertThat(acme.journal().isAll()).isFalse();
        assertThat(acme.reception().take(60, 100)).isTrue();
        assertThat(acme.reception().take(1, 100)).isFalse();
        assertThat(acme.secrets())
                .filteredOn(secret -> secret.name().equals("summer"))
                .singleElement()
                .satisfies(secret -> assertThat(secret.expires()).isEqualTo(Instant.parse("2027-01-01T00:00:00Z")));
    }

    static Stream<Arguments> mistakes() {
        String tenant = "callstream.security.tenants:\n  acme:\n    ";
        String good = tenant + "secrets: { a: { value: " + SECRET + " } }\n    ";
        return Stream.of(
                arguments("", "callstream.security.tenants", "1 and 1000"),
                arguments(good + "journal-share: 0", "callstream.security.tenants.acme.journal-share", "1 and 100"),
                arguments(
                        good + "reception-share: 101", "callstream.security.tenants.acme.reception-share", "1 and 100"),
                arguments(
                        good + "privacy: { numbers: pseudonym, key: short }",
                        "callstream.security.tenants.acme.privacy.key",
                        "32 characters"),
                arguments(
                        good + "privacy: { key: k }",
                        "callstream.security.tenants.acme.privacy.key",
                        "numbers is keep"),
                arguments("a: [", "callstream.security.tenants-file", "not valid YAML"),
                arguments("server.port: 1", "server.port", "Only callstream.security.tenants belongs"),
                arguments(tenant + "zone: UTC", "callstream.security.tenants.acme.secrets", "Set one"),
                arguments(tenant + "secrets: { a: { value: short } }", "secrets.a.value", "can be guessed"),
                arguments(tenant + "secrets: { a: { value: sha256:12 } }", "secrets.a.value", "secret new"),
                arguments(tenant + "secrets: { a: { value: has-a/slash-in-it-1 } }", "secrets.a.value", "letters"),
                arguments(
                        tenant + "secrets: { a: { value: x0123456789012345 }, b: { value: y0123456789012345 },"
                                + " c: { value: z0123456789012345 } }",
                        "acme.secrets",
                        "two"),
                arguments(
                        tenant + "secrets: { a: { value: x0123456789012345 }, b: { value: x0123456789012345 } }",
                        "acme.secrets",
                        "its own"),
                arguments(good + "netwroks: [192.0.2.0/24]", "netwroks", "README"),
                arguments(good + "networks: [192.0.2.0/99]", "acme.networks", "192.0.2.0/24"),
                arguments(good + "max-rate: 0", "acme.max-rate", "between 1 and 100000"),
                arguments(good + "undecodable-status: 500", "acme.undecodable-status", "400, 422"),
                arguments(good + "zone: Mars", "acme.zone", "README"),
                arguments(good + "above-rate: sometimes", "acme.above-rate", "README"),
                arguments(good.replace("acme", "Acme Ltd"), "AcmeLtd", "lower-case"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsNamedWithItsFixAndWithoutASecret(String content, String setting, String fix) {
        assertThatThrownBy(() -> load(content))
                .isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, mistake -> {
                    assertThat(mistake.getName()).contains(setting);
                    assertThat(mistake.getReason()).contains(fix);
                    assertThat(mistake.getMessage()).doesNotContain(SECRET, "0123456789012345", "has-a/slash");
                });
    }

    @Test
    void aChangedFileIsUsedABadOneIsNot() throws Exception {
        Path path = Files.writeString(folder.resolve("tenants.yaml"), GOOD);
        TenantsFile file = new TenantsFile(path);
        Tenants first = file.load();
        first.find(Secret.Hash.of(SECRET)).secret().used(Instant.ofEpochMilli(7));
        assertThat(file.changed(first)).as("not changed").isNull();

        Files.writeString(path, GOOD + "nonsense: [");
        assertThat(file.changed(first)).isNull();
        assertThat(file.isValid()).isFalse();
        Files.delete(path);
        assertThat(file.changed(first)).isNull();
        assertThat(file.isValid()).isFalse();

        Files.writeString(path, GOOD.replace("reply: ok", "reply: fine"));
        Tenants second = file.changed(first);
        assertThat(file.isValid()).isTrue();
        Tenants.Owned owned = second.find(Secret.Hash.of(SECRET));
        assertThat(owned.tenant().reply()).isEqualTo("fine");
        assertThat(owned.secret().lastUsedMillis())
                .as("an unchanged secret keeps its last use")
                .isEqualTo(7);

        Files.writeString(path, GOOD.replace("acme:", "globex:"));
        Tenants third = file.changed(second);
        assertThat(third.find(Secret.Hash.of(SECRET)).tenant().name()).isEqualTo("globex");
    }

    @Test
    void aBadFileThatBecomesTheGoodOneAgainIsInUseAgain() throws Exception {
        Path path = Files.writeString(folder.resolve("tenants.yaml"), GOOD);
        TenantsFile file = new TenantsFile(path);
        Tenants first = file.load();
        Files.writeString(path, "nonsense: [");
        assertThat(file.changed(first)).isNull();
        Files.writeString(path, GOOD);
        assertThat(file.changed(first)).isNotNull();
        assertThat(file.isValid()).isTrue();
    }
}
