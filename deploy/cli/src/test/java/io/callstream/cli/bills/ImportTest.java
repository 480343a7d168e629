package io.callstream.cli.bills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.net.httpserver.HttpServer;
import io.callstream.dialler.GatewayAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ImportTest {

    @TempDir
    Path folder;

    @Test
    @Timeout(20)
    void itStopsWhileTheGatewayAsksForAPause() throws IOException {
        AtomicBoolean stopped = new AtomicBoolean();
        HttpServer gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "60");
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
            stopped.set(true);
        });
        gateway.start();
        try {
            Path file = Files.writeString(folder.resolve("bills.jsonl"), "{\"uuid\":\"a\",\"billsec\":1}\n");
            Checkpoint checkpoint = Checkpoint.of(file, "gw", false);
            Import run = new Import(
                    GatewayAddress.of("127.0.0.1:" + gateway.getAddress().getPort(), null),
                    checkpoint,
                    new PrintWriter(new StringWriter()));
            assertThatCode(() -> run.run(Bills.ofJsonLines(file, StandardCharsets.UTF_8), 1, false, stopped::get))
                    .doesNotThrowAnyException();
            assertThat(run.isComplete()).isFalse();
            assertThat(checkpoint.done()).isZero();
        } finally {
            gateway.stop(0);
        }
    }
}
