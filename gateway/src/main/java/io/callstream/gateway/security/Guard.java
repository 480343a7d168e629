package io.callstream.gateway.security;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the credential of a request and finds its tenant. Safe for any number of threads.
 *
 * <p>A credential is {@code tenant:secret} in the URL, which senders post as {@code Authorization: Basic}, or the
 * secret alone in the path. If a request has both, both must be right.
 */
public final class Guard {

    private static final String BASIC = "basic ";

    private final ClientAddress clients;
    private final Denials denials;
    private final Clock clock;

    /** {@code null} if the gateway has no secret. */
    private volatile @Nullable Tenants tenants;

    Guard(ClientAddress clients, Denials denials, Clock clock) {
        this.clients = clients;
        this.denials = denials;
        this.clock = clock;
    }

    /** Uses these tenants for all requests from now on; {@code null} if the gateway has no secret. */
    void use(@Nullable Tenants next) {
        tenants = next;
    }

    /** Whether a request may post, and for whom. */
    public sealed interface Access {

        record Granted(Tenant tenant) implements Access {}

        /** The credential is missing or wrong. The sender does not learn what is wrong with it. */
        record Denied(boolean tooMany) implements Access {}

        /** The gateway has no secret, but the path contains one. */
        record SecretUnexpected() implements Access {}
    }

    private record Credential(@Nullable String user, String secret) {}

    /**
     * Checks a request's credentials.
     *
     * @param pathSecret the secret in the path; {@code null} if the path contains none
     * @param authorization the value of the header; {@code null} if there is none
     * @param peer the other end of the connection
     * @param forwardedFor the values of {@code X-Forwarded-For}
     */
    public Access check(
            @Nullable String pathSecret, @Nullable String authorization, InetAddress peer, List<String> forwardedFor) {
        Tenants now = tenants;
        if (now == null) {
            return pathSecret == null ? new Access.Granted(Tenant.OPEN) : new Access.SecretUnexpected();
        }
        InetAddress client = clients.of(peer, forwardedFor);
        Denials.Reason reason;
        List<Credential> given = given(pathSecret, authorization);
        Tenants.Owned owned = given.isEmpty() ? null : find(now, given);
        if (owned == null) {
            reason = given.isEmpty() ? Denials.Reason.MISSING : Denials.Reason.WRONG;
        } else if (owned.secret().isExpired(clock.instant())) {
            reason = Denials.Reason.EXPIRED;
        } else if (!owned.tenant().allows(client)) {
            reason = Denials.Reason.NETWORK;
        } else {
            owned.secret().used(clock.instant());
            return new Access.Granted(owned.tenant());
        }
        return new Access.Denied(denials.denied(reason, client));
    }

    private static List<Credential> given(@Nullable String pathSecret, @Nullable String authorization) {
        List<Credential> given = new ArrayList<>(2);
        if (pathSecret != null) {
            given.add(new Credential(null, pathSecret));
        }
        if (authorization != null && authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            given.add(basic(authorization.substring(BASIC.length()).strip()));
        }
        return given;
    }

    private static Credential basic(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return new Credential(pair.substring(0, Math.max(0, colon)), pair.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return new Credential("", "");
        }
    }

    /** Returns {@code null} if a credential is wrong, or if two belong to different tenants. */
    private static Tenants.@Nullable Owned find(Tenants tenants, List<Credential> given) {
        Tenants.Owned owned = null;
        for (Credential credential : given) {
            Tenants.Owned found = tenants.find(Secret.Hash.of(credential.secret()));
            boolean right = found != null
                    && (credential.user() == null
                            || credential.user().equals(found.tenant().name()))
                    && (owned == null || owned.tenant() == found.tenant());
            if (!right) {
                return null;
            }
            owned = found;
        }
        return owned;
    }

    /** Returns the text with the secrets of a request replaced by three asterisks, to be stored or logged. */
    public static String withoutSecrets(String text, @Nullable String pathSecret, @Nullable String authorization) {
        String clean = text;
        for (Credential credential : given(pathSecret, authorization)) {
            clean = credential.secret().isEmpty() ? clean : clean.replace(credential.secret(), "***");
        }
        return clean;
    }
}
