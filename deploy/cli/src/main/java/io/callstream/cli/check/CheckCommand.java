package io.callstream.cli.check;

import io.callstream.cli.Exit;
import io.callstream.cli.Fault;
import io.callstream.cli.GatewayClient;
import io.callstream.cli.GatewayOption;
import io.callstream.cli.Interrupt;
import io.callstream.cli.KafkaOption;
import io.callstream.cli.Printable;
import io.callstream.cli.Screen;
import io.callstream.dialler.GatewayAddress;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code callstream check}: tests an address before it is entered at the platform. */
@Command(
        name = "check",
        description =
                "Tests an address before it is entered at the platform: name, port, certificate, secret, redirects. Posts a"
                        + " marked test call through it and follows the call into Kafka. Prints one line for each step, with"
                        + " the fix. Consumers skip the test call: its id begins with "
                        + CallEvent.TEST_PREFIX
                        + ".",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  callstream check http://127.0.0.1:8080/callbacks --kafka 127.0.0.1:9092",
            "  CALLSTREAM_SECURITY_SECRET=… callstream check https://gw.example"
        })
public final class CheckCommand implements Callable<Integer> {

    private static final int PATIENCE_SECONDS = 15;
    private static final int CONNECT_MILLIS = 5000;
    private static final int DAYS_TO_RENEW = 14;
    private static final String BOUNDARY = "callstream-check";
    private static final String NOTHING_THERE = "There is nothing at this address. The platform posts to";
    private static final String RIGHT_ADDRESS = "This is the right address; the platform must POST here.";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Parameters(paramLabel = "URL", description = "The address, as entered at the platform or in part.")
    @SuppressWarnings("NullAway.Init")
    private String url;

    @Mixin
    private GatewayOption gateway = new GatewayOption();

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    private boolean isClean = true;

    @Override
    public Integer call() {
        GatewayAddress address = gateway.address(url);
        for (Function<GatewayAddress, @Nullable String> step :
                List.<Function<GatewayAddress, @Nullable String>>of(this::reach, this::ask, this::call)) {
            String fault = step.apply(address);
            if (fault != null) {
                say("red", "\u2717", fault);
                return Exit.WRONG;
            }
        }
        return isClean ? Exit.OK : Exit.WRONG;
    }

    // Each step returns the fault that makes the next steps useless; null if there is none.

    private @Nullable String reach(GatewayAddress address) {
        good("address      %s".formatted(address));
        String host = address.host().replaceAll("[\\[\\]]", "");
        InetAddress found;
        try {
            found = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            return "name         %s is unknown. Correct the host in the address, or the name service.".formatted(host);
        }
        good("name         %s is %s".formatted(host, found.getHostAddress()));
        InetSocketAddress socketAddress = new InetSocketAddress(found, address.port());
        try (Socket socket = new Socket()) {
            socket.connect(socketAddress, CONNECT_MILLIS);
            good("reachable    port %d accepts connections".formatted(address.port()));
            if (address.tls()) {
                encrypted(socket, host, address.port());
            } else if (!found.isLoopbackAddress()) {
                warn(
                        "encrypted    no. Anybody on the network path can read the secret and the phone numbers. Put TLS in"
                                + " front of the gateway and enter https://.");
            }
        } catch (SSLException e) {
            return "encrypted    " + CertificateFault.of(host, socketAddress, e);
        } catch (IOException e) {
            return "reachable    port %d does not accept connections (%s). Check that the gateway runs and listens beyond"
                            .formatted(address.port(), e.getMessage())
                    + " loopback, and that the firewall lets the platform through.";
        }
        return null;
    }

    private void encrypted(Socket socket, String host, int port) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (SSLSocket tls = (SSLSocket) factory.createSocket(socket, host, port, true)) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            tls.setSoTimeout(CONNECT_MILLIS);
            tls.startHandshake();
            X509Certificate certificate = (X509Certificate) tls.getSession().getPeerCertificates()[0];
            Instant ends = certificate.getNotAfter().toInstant();
            long days = ChronoUnit.DAYS.between(Instant.now(), ends);
            if (days < DAYS_TO_RENEW) {
                warn("encrypted    yes, but the certificate expires in %d days. Renew it.".formatted(days));
            } else {
                good("encrypted    %s, certificate valid for %d days"
                        .formatted(tls.getSession().getProtocol(), days));
            }
        }
    }

    private @Nullable String ask(GatewayAddress address) {
        GatewayClient client = new GatewayClient(address);
        for (String path : List.of(address.extensionStatus(), address.bill())) {
            GatewayClient.Reply reply;
            try {
                reply = client.get(path);
            } catch (Fault e) {
                return "gateway      " + e.getMessage();
            }
            if (reply.isRedirect()) {
                return redirected(reply);
            }
            if (reply.status() == 401 || reply.status() == 403) {
                return "credential   %d: %s".formatted(reply.status(), reply.detail());
            }
            if (reply.status() == 404 && reply.detail().startsWith(NOTHING_THERE)) {
                return "path         404: %s".formatted(reply.detail());
            }
            if (!isGateways(reply)) {
                return "gateway      no Callstream gateway answers there (status %d). Check the host, the port and the paths of any proxy."
                        .formatted(reply.status());
            }
        }
        good("gateway      answers at both addresses");
        good(address.hasSecret() ? "credential   the secret is the gateway's" : "credential   none is needed");
        return null;
    }

    private static String redirected(GatewayClient.Reply reply) {
        return "redirect     %d: %s".formatted(reply.status(), reply.detail());
    }

    /** Whether it is a gateway's answer to a GET: 405. A 2xx would hide that a callback came as a GET and is lost. */
    private static boolean isGateways(GatewayClient.Reply reply) {
        return reply.status() == 405
                && reply.headers().allValues("Allow").stream()
                        .anyMatch(allowed -> List.of(allowed.split("\\s*,\\s*")).contains("POST"))
                && reply.detail().contains(RIGHT_ADDRESS);
    }

    private @Nullable String call(GatewayAddress address) {
        String call = CallEvent.TEST_PREFIX + UUID.randomUUID();
        if (!kafka.isGiven()) {
            String fault = post(address, call);
            if (fault == null) {
                say("yellow", "-", "in Kafka     not tested. Name Kafka with --kafka HOST:PORT.");
            }
            return fault;
        }
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.follow(Topics.EVENTS, new ByteArrayDeserializer(), false)) {
            long began = System.nanoTime();
            String fault = post(address, call);
            return fault != null ? fault : await(consumer, call, began);
        } catch (Fault e) {
            return "in Kafka     " + e.getMessage();
        }
    }

    private @Nullable String post(GatewayAddress address, String call) {
        GatewayClient client = new GatewayClient(address);
        String ring = "{\"uuid\":\"%s\",\"status\":\"ring\",\"type\":\"call\",\"method\":\"5\",\"isbleg\":\"false\"}";
        String bill = "{\"uuid\":\"%s\",\"type\":\"callout\",\"callmethod\":5,\"billsec\":0}";
        long began = System.nanoTime();
        for (String[] step : new String[][] {{address.extensionStatus(), ring}, {address.bill(), bill}}) {
            String form = "--%s\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n%s\r\n--%s--\r\n"
                    .formatted(BOUNDARY, step[1].formatted(call), BOUNDARY);
            GatewayClient.Reply reply;
            try {
                reply = client.post(
                        step[0],
                        Map.of(GatewayClient.CONTENT_TYPE, "multipart/form-data; boundary=" + BOUNDARY),
                        form.getBytes(StandardCharsets.UTF_8));
            } catch (Fault e) {
                return "test call    " + e.getMessage();
            }
            if (reply.isRedirect()) {
                return redirected(reply);
            }
            if (!reply.isAccepted()) {
                return "test call    %d: %s".formatted(reply.status(), reply.detail());
            }
        }
        good("test call    ring and bill of %s were accepted in %d ms".formatted(call, millisSince(began)));
        return null;
    }

    private @Nullable String await(KafkaConsumer<byte[], byte[]> consumer, String call, long began) {
        Set<Integer> partitions = new HashSet<>();
        int found = 0;
        while (found < 2 && millisSince(began) < TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS) && !Interrupt.isRaised()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                if (record.key() != null && call.equals(new String(record.key(), StandardCharsets.UTF_8))) {
                    partitions.add(record.partition());
                    found++;
                }
            }
        }
        if (found < 2) {
            return "in Kafka     %d of 2 events arrived within %d s. The test call is accepted, so it is stored and will be published. Check the gateway's log and health, and that --kafka is the gateway's Kafka."
                    .formatted(found, PATIENCE_SECONDS);
        }
        if (partitions.size() > 1) {
            return "in Kafka     the test call is in several partitions, %s: the order of a call is lost. Check whether partitions were added to the topic."
                    .formatted(partitions);
        }
        good("in Kafka     ring and bill are in partition %s of %s, after %d ms"
                .formatted(partitions.iterator().next(), Topics.EVENTS, millisSince(began)));
        return null;
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    private void good(String text) {
        say("green", "\u2713", text);
    }

    private void warn(String text) {
        isClean = false;
        say("yellow", "!", text);
    }

    private void say(String colour, String mark, String text) {
        PrintWriter out = command.commandLine().getOut();
        out.println(Screen.styled(colour, mark) + ' ' + Printable.line(text));
        out.flush();
    }
}
