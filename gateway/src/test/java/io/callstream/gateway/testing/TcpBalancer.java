package io.callstream.gateway.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A balancer of TCP connections, as a cloud's or a Kubernetes service. A new connection goes to the next gateway that is
 * ready, by a check of its readiness four times a second. Open connections stay where they are.
 */
public final class TcpBalancer implements Closeable {

    private static final int CHECK_MILLIS = 250;

    private final ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final ExecutorService pumps = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "balancer");
        thread.setDaemon(true);
        return thread;
    });
    private final List<GatewayProcess> gateways;
    private volatile List<GatewayProcess> ready = List.of();
    private volatile boolean closed;
    private int next;

    public TcpBalancer(GatewayProcess... gateways) throws IOException {
        this.gateways = List.of(gateways);
        check();
        pumps.execute(this::checkAgain);
        pumps.execute(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/callbacks";
    }

    /** Whether new connections go to this gateway. */
    public boolean uses(GatewayProcess gateway) {
        return ready.contains(gateway);
    }

    private void check() {
        List<GatewayProcess> now = new ArrayList<>();
        for (GatewayProcess gateway : gateways) {
            try {
                if (gateway.readiness() == 200) {
                    now.add(gateway);
                }
            } catch (IOException notThere) {
                // It gets no connections.
            }
        }
        ready = now;
    }

    private void checkAgain() {
        while (!closed) {
            check();
            try {
                TimeUnit.MILLISECONDS.sleep(CHECK_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket sender = server.accept();
                pumps.execute(() -> connect(sender));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket sender) {
        for (GatewayProcess gateway : inTurn()) {
            try {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
                sender.setTcpNoDelay(true);
                socket.setTcpNoDelay(true);
                pumps.execute(() -> pump(sender, socket));
                pump(socket, sender);
                return;
            } catch (IOException refused) {
                // The next one may accept it.
            }
        }
        close(sender);
    }

    private synchronized List<GatewayProcess> inTurn() {
        List<GatewayProcess> all = new ArrayList<>(ready);
        Collections.rotate(all, all.isEmpty() ? 0 : next++ % all.size());
        return all;
    }

    /** Copies bytes until one side closes its connection; then the other is closed, too. */
    private static void pump(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[16 << 10];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                out.write(bytes, 0, read);
            }
        } catch (IOException broken) {
            // Both are closed.
        }
        close(from);
        close(to);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        server.close();
        pumps.shutdownNow();
    }
}
