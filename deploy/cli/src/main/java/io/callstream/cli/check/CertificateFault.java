package io.callstream.cli.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.security.auth.x500.X500Principal;

/**
 * Explains why a server's certificate is not accepted, in a sentence with the fix. It connects once more and looks at
 * what the server offers, because the exception of a failed handshake says little. Nothing is sent to the server.
 */
final class CertificateFault {

    /** The types of alternative names in RFC 5280: a DNS name and an IP address. */
    private static final List<Integer> NAMES = List.of(2, 7);

    private static final int TIMEOUT_MILLIS = 5000;
    private static final Pattern FIRST_LABEL = Pattern.compile("^[^.]+");

    private CertificateFault() {}

    static String of(String host, InetSocketAddress address, IOException failure) {
        List<X509Certificate> chain = offered(host, address);
        return chain.isEmpty()
                ? "the server completes no TLS handshake (%s). Check that this port speaks TLS 1.2 or 1.3."
                        .formatted(failure.getMessage())
                : explanation(host, chain, Instant.now());
    }

    private static String explanation(String host, List<X509Certificate> chain, Instant now) {
        X509Certificate certificate = chain.get(0);
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            return "the certificate expired at %s. Renew it.".formatted(until);
        }
        if (now.isBefore(from)) {
            return "the certificate is valid only from %s. Check the clock of this machine.".formatted(from);
        }
        List<String> names = names(certificate);
        if (names.stream().noneMatch(name -> matches(name, host))) {
            return "the certificate is for %s, not for %s. Enter a name that it is for, or get a certificate for this name."
                    .formatted(names.isEmpty() ? "no name" : String.join(", ", names), host);
        }
        return incomplete(chain);
    }

    private static String incomplete(List<X509Certificate> chain) {
        X509Certificate last = chain.get(0);
        if (isSelfSigned(last)) {
            return "the certificate is signed by itself, so only who installs it trusts it. Get one from an authority that the"
                    + " platform knows.";
        }
        List<X509Certificate> left = new ArrayList<>(chain.subList(1, chain.size()));
        while (!isSelfSigned(last)) {
            X500Principal issuer = last.getIssuerX500Principal();
            X509Certificate next = left.stream()
                    .filter(other -> other.getSubjectX500Principal().equals(issuer))
                    .findFirst()
                    .orElse(null);
            if (next == null) {
                return ("the server does not send the certificate of %s, which signed that of %s, and this machine does not"
                                + " know it. Configure the full chain, with all intermediate certificates.")
                        .formatted(issuer, last.getSubjectX500Principal());
            }
            left.remove(next);
            last = next;
        }
        return "the chain ends at %s, which this machine does not know. Get a certificate from an authority that the platform knows."
                .formatted(last.getSubjectX500Principal());
    }

    private static boolean isSelfSigned(X509Certificate certificate) {
        return certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
    }

    private static List<String> names(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> NAMES.contains(name.get(0)))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    private static boolean matches(String name, String host) {
        String wanted = host.toLowerCase(Locale.ROOT);
        String found = name.toLowerCase(Locale.ROOT);
        return found.equals(wanted)
                || (found.startsWith("*.")
                        && found.equals(FIRST_LABEL.matcher(wanted).replaceFirst("*")));
    }

    /** Returns the certificates that the server sends, its own first; none if there is no handshake. */
    private static List<X509Certificate> offered(String host, InetSocketAddress address) {
        Looking looking = new Looking();
        try (Socket socket = new Socket()) {
            socket.connect(address, TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {looking}, new SecureRandom());
            try (SSLSocket tls =
                    (SSLSocket) context.getSocketFactory().createSocket(socket, host, address.getPort(), true)) {
                tls.startHandshake();
            }
        } catch (IOException | GeneralSecurityException e) {
            // What was offered until then is looked at.
        }
        return looking.offered;
    }

    /** Accepts every certificate, because the connection only shows it. */
    private static final class Looking extends X509ExtendedTrustManager {

        private List<X509Certificate> offered = List.of();

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            offered = List.of(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            offered = List.of(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            offered = List.of(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
