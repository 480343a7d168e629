package io.callstream.gateway.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends bytes on a socket unchanged, and reads the answers. */
public final class RawHttp implements AutoCloseable {

    /** The most milliseconds between two reads. Any answer is much faster, even on a busy machine. */
    private static final int PATIENCE = 30_000;

    private static final Pattern HEAD = Pattern.compile("HTTP/1\\.[0-9] (\\d{3}) ");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");

    private final Socket socket;

    /**
     * Everything that was received.
     *
     * @param statuses the statuses of the answers, in order
     * @param closed whether the connection was closed after the answers
     * @param text the heads and bodies of all answers
     */
    public record Answers(List<Integer> statuses, boolean closed, String text) {

        /** The body of the last answer. */
        public String body() {
            return text.substring(text.lastIndexOf("\r\n\r\n") + 4);
        }
    }

    public RawHttp(int port) {
        this(port, 0);
    }

    /** @param receiveBuffer in bytes; 0 for the system's default */
    public RawHttp(int port, int receiveBuffer) {
        try {
            socket = new Socket();
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setTcpNoDelay(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] file(String name) {
        try {
            return Files.readAllBytes(Path.of("src/test/resources/cases", name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the bytes and reads one answer. */
    public static Answers send(int port, byte[] bytes) {
        try (RawHttp connection = new RawHttp(port)) {
            connection.write(bytes);
            return connection.read(1);
        }
    }

    public static Answers send(int port, String text) {
        return send(port, text.getBytes(ISO_8859_1));
    }

    /** Sends the text and reads until the other side closes the connection. */
    public static Answers sendAndReadToEnd(int port, String text) {
        try (RawHttp connection = new RawHttp(port)) {
            connection.write(text.getBytes(ISO_8859_1));
            return connection.readToEnd();
        }
    }

    public void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void write(String text) {
        write(text.getBytes(ISO_8859_1));
    }

    /** Waits for this many complete answers. Returns fewer if the connection is closed first. */
    public Answers read(int answers) {
        StringBuilder text = new StringBuilder();
        boolean closed = false;
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[1 << 16];
            socket.setSoTimeout(PATIENCE);
            while (!closed && (statuses(text).size() < answers || !isWhole(text))) {
                int read = in.read(buffer);
                if (read < 0) {
                    closed = true;
                } else {
                    text.append(new String(buffer, 0, read, ISO_8859_1));
                }
            }
        } catch (SocketTimeoutException nothingMore) {
            throw new AssertionError("Nothing more within %d ms behind: %s".formatted(PATIENCE, text), nothingMore);
        } catch (IOException reset) {
            closed = true;
        }
        return new Answers(statuses(text), closed, text.toString());
    }

    /** Reads all answers. The other side has to close the connection after them. */
    public Answers readToEnd() {
        return read(Integer.MAX_VALUE);
    }

    private static List<Integer> statuses(CharSequence text) {
        List<Integer> statuses = new ArrayList<>();
        Matcher head = HEAD.matcher(text);
        while (head.find()) {
            statuses.add(Integer.valueOf(head.group(1)));
        }
        return statuses;
    }

    private static boolean isWhole(CharSequence text) {
        String answer = text.toString();
        int last = answer.lastIndexOf("HTTP/1.");
        int end = last < 0 ? -1 : answer.indexOf("\r\n\r\n", last);
        Matcher length = LENGTH.matcher(end < 0 ? "" : answer.substring(last, end + 2));
        return end >= 0 && (!length.find() || answer.length() >= end + 4 + Integer.parseInt(length.group(1)));
    }

    /** Whether the other side closes the connection within this time. */
    public boolean isClosedWithin(int millis) {
        try {
            socket.setSoTimeout(millis);
            byte[] buffer = new byte[1 << 16];
            for (int read; (read = socket.getInputStream().read(buffer)) >= 0; ) {
                assert read > 0;
            }
            return true;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
