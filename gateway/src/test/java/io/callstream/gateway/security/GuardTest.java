package io.callstream.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.callstream.gateway.metrics.GatewayMetrics;
import io.callstream.gateway.security.Guard.Access;
import io.callstream.gateway.security.TenantProperties.AboveRate;
import io.callstream.gateway.security.TenantProperties.SecretProperties;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may post: each form of credential with each mistake. */
class GuardTest {

    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final String PROXY = "10.0.0.1";
    private static final String OFFICE = "192.0.2.7";
    private static final String ELSEWHERE = "198.51.100.9";

    private static final String OLD = "acme-expired-secret-1";
    private static final String NEW = "acme-current-secret-1";
    private static final String OTHER = "globex-current-secret";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Guard guard = new Guard(
            new ClientAddress(List.of(Network.parse("10.0.0.0/24"))),
            new Denials(new GatewayMetrics(registry)),
            Clock.fixed(NOW, ZoneOffset.UTC));

    GuardTest() {
        guard.use(new Tenants(
                Map.of(
                        "acme",
                        TenantProperties.of(
                                Map.of(
                                        "old", new SecretProperties(OLD, NOW),
                                        "new", new SecretProperties(NEW, NOW.plusSeconds(1))),
                                List.of("192.0.2.0/24", "2001:db8::/32")),
                        "globex",
                        TenantProperties.of(Map.of("only", new SecretProperties(OTHER, null)), List.of())),
                null));
    }

    static Stream<Arguments> requests() {
        // secret in the path, tenant:secret in the URL, the other end, X-Forwarded-For, expected
        return Stream.of(
                arguments(NEW, null, OFFICE, "", "acme"),
                arguments(null, "acme:" + NEW, OFFICE, "", "acme"),
                arguments(NEW, "acme:" + NEW, OFFICE, "", "acme"),
                arguments(OTHER, null, ELSEWHERE, "", "globex"),
                arguments(null, "globex:" + OTHER, ELSEWHERE, "", "globex"),
                arguments(null, null, OFFICE, "", "missing"),
                arguments("", null, OFFICE, "", "wrong"),
                arguments(NEW + "x", null, OFFICE, "", "wrong"),
                arguments(NEW.toUpperCase(Locale.ROOT), null, OFFICE, "", "wrong"),
                arguments(null, "acme:" + NEW + "x", OFFICE, "", "wrong"),
                arguments(null, "acme:", OFFICE, "", "wrong"),
                arguments(null, "acme", OFFICE, "", "wrong"),
                arguments(null, ":" + NEW, OFFICE, "", "wrong"),
                arguments(null, NEW, OFFICE, "", "wrong"),
                arguments(null, "acme:" + OTHER, OFFICE, "", "wrong"),
                arguments(null, "globex:" + NEW, OFFICE, "", "wrong"),
                arguments(null, "ACME:" + NEW, OFFICE, "", "wrong"),
                arguments(NEW, "globex:" + OTHER, OFFICE, "", "wrong"),
                arguments(NEW, "acme:wrong", OFFICE, "", "wrong"),
                arguments(OLD, null, OFFICE, "", "expired"),
                arguments(null, "acme:" + OLD, OFFICE, "", "expired"),
                arguments(NEW, null, ELSEWHERE, "", "network"),
                arguments(null, "acme:" + NEW, ELSEWHERE, "", "network"),
                arguments(NEW, null, "2001:db8::1", "", "acme"),
                arguments(NEW, null, "2001:db9::1", "", "network"),
                // A sender beyond no trusted proxy cannot choose its address.
                arguments(NEW, null, ELSEWHERE, OFFICE, "network"),
                arguments(NEW, null, ELSEWHERE, OFFICE + ", " + PROXY, "network"),
                // The trusted proxy appends what it has seen; what stands before that is the sender's own invention.
                arguments(NEW, null, PROXY, OFFICE, "acme"),
                arguments(NEW, null, PROXY, ELSEWHERE, "network"),
                arguments(NEW, null, PROXY, OFFICE + ", " + ELSEWHERE, "network"),
                arguments(NEW, null, PROXY, OFFICE + ", 10.0.0.2", "acme"),
                arguments(NEW, null, PROXY, OFFICE + ", " + ELSEWHERE + ", 10.0.0.2", "network"),
                arguments(NEW, null, PROXY, "unknown", "network"),
                arguments(NEW, null, PROXY, "", "network"),
                arguments(NEW, null, PROXY, OFFICE + ", nonsense", "network"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestIsGrantedToItsTenantOrDeniedForOneReason(
            @Nullable String inPath, @Nullable String inUrl, String peer, String forwardedFor, String expected)
            throws Exception {
        Access access = check(inPath, inUrl, peer, forwardedFor);
        if (access instanceof Access.Granted granted) {
            assertThat(granted.tenant().name()).isEqualTo(expected);
        } else {
            assertThat(access).isEqualTo(new Access.Denied(false));
            assertThat(registry.get("callstream.credentials.denied")
                            .tag("reason", expected)
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
    }

    private Access check(@Nullable String inPath, @Nullable String inUrl, String peer, String forwardedFor)
            throws UnknownHostException {
        String header = inUrl == null
                ? null
                : "Basic " + Base64.getEncoder().encodeToString(inUrl.getBytes(StandardCharsets.UTF_8));
        return guard.check(
                inPath,
                header,
                InetAddress.getByName(peer),
                forwardedFor.isEmpty() ? List.of() : List.of(forwardedFor));
    }

    @Test
    void anAddressThatGuessesIsFoundAndNoOther() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(check("guess-" + i, null, ELSEWHERE, "")).isEqualTo(new Access.Denied(false));
        }
        assertThat(check("guess-10", null, ELSEWHERE, "")).isEqualTo(new Access.Denied(true));
        assertThat(check("guess-0", null, OFFICE, "")).isEqualTo(new Access.Denied(false));
        assertThat(check(OTHER, null, ELSEWHERE, ""))
                .as("the right one, from an address that is shared with a guesser")
                .isInstanceOf(Access.Granted.class);
    }

    @Test
    void anIpv6SenderIsFoundByItsNetwork() throws Exception {
        for (int i = 0; i < 10; i++) {
            check("guess", null, "2001:db9::" + Integer.toHexString(i + 1), "");
        }
        assertThat(check("guess", null, "2001:db9::ffff", "")).isEqualTo(new Access.Denied(true));
        assertThat(check("guess", null, "2001:db9:0:1::1", "")).isEqualTo(new Access.Denied(false));
    }

    @Test
    void secretsNeverAppearInText() {
        assertThat(Guard.withoutSecrets(
                        "a=" + NEW + "&b=" + OTHER,
                        NEW,
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(("globex:" + OTHER).getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("a=***&b=***");
        assertThat(new SecretProperties(NEW, null).toString()).doesNotContain(NEW);
        assertThat(Secret.Hash.of(NEW).toString()).isEqualTo("Hash[***]");
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24, 192.0.2.255, true",
        "192.0.2.0/24, 192.0.3.0, false",
        "192.0.2.129/25, 192.0.2.128, true",
        "192.0.2.129/25, 192.0.2.127, false",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "0.0.0.0/0, 198.51.100.1, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "2001:db8::/32, 192.0.2.1, false",
        "192.0.2.0/24, ::ffff:192.0.2.9, true",
    })
    void aNetworkContainsItsAddresses(String network, String address, boolean contained) throws Exception {
        assertThat(Network.parse(network).contains(InetAddress.getByName(address)))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.0/33", "192.0.2/24", "2001:db8::/129", "example.com", "192.0.2.0/", "192.0.2.0/-1", "''"})
    void whatIsNoNetworkIsNotOne(String text) {
        assertThat(Network.parse(text)).isNull();
    }

    @Test
    void aTenantsRateHasItsBurstAndThenItsVerdict() {
        assertThat(new Rate(null, AboveRate.REFUSE).request()).isEqualTo(Rate.Verdict.WITHIN);
        for (AboveRate above : AboveRate.values()) {
            Rate rate = new Rate(2, above);
            assertThat(rate.request()).isEqualTo(Rate.Verdict.WITHIN);
            assertThat(rate.request()).isEqualTo(Rate.Verdict.WITHIN);
            assertThat(rate.request())
                    .isEqualTo(above == AboveRate.REFUSE ? Rate.Verdict.REFUSED : Rate.Verdict.REPORTED);
        }
    }

    @Test
    void aQuotaIsOfADayInUtc() {
        QuarantineQuota quota = new QuarantineQuota(2, org.springframework.util.unit.DataSize.ofBytes(100));
        assertThat(quota.take(1, 100, NOW)).isTrue();
        assertThat(quota.take(1, 1, NOW)).as("bytes").isFalse();
        assertThat(quota.take(1, 0, NOW)).isTrue();
        assertThat(quota.take(1, 0, NOW)).as("records").isFalse();
        assertThat(quota.take(2, 100, NOW.plusSeconds(12 * 3600))).isTrue();
    }
}
