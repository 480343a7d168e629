package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.CallbackDecoder;
import io.callstream.gateway.codec.Privacy;
import io.callstream.gateway.codec.Reception;
import io.callstream.gateway.journal.Destination;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.security.Tenant;
import io.callstream.gateway.tracing.Tracing;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Any body is decoded without a fault of the gateway and within its limit of stored bytes. A well-formed multipart body
 * is read as Netty reads it.
 *
 * <p>The first byte chooses: 0 a multipart body, 1 a urlencoded one, 2 JSON, 3 the parts of a well-formed multipart body,
 * separated by zeros.
 */
final class BodyFuzz {

    private static final String BOUNDARY = "b";
    private static final String MULTIPART = "multipart/form-data; boundary=" + BOUNDARY;
    private static final String[] TYPES = {MULTIPART, "application/x-www-form-urlencoded", "application/json"};
    private static final CallbackDecoder DECODER = new CallbackDecoder(ZoneOffset.UTC);

    private BodyFuzz() {}

    /** The entry point that Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(data, 1, data.length);
        int choice = data[0] & 3;
        if (choice < TYPES.length) {
            decode(rest, TYPES[choice]);
        } else {
            byte[] body = wellFormed(rest);
            decode(body, MULTIPART);
            compareWithNetty(body);
        }
    }

    private static void decode(byte[] body, String type) {
        Batch batch = Batch.of(
                body,
                DECODER,
                Privacy.NONE,
                Tenant.OPEN,
                reception(type),
                Destination.UNKNOWN,
                Tracing.Request.UNTRACED);
        long stored = 0;
        for (JournalRecord record : batch.records()) {
            stored += record.bytes();
            record.headers()
                    .forEach(header -> check(
                            !header.key().equals("callstream-reason")
                                    || !new String(header.value(), StandardCharsets.UTF_8).equals("fault"),
                            "a fault of the gateway"));
        }
        check(!batch.records().isEmpty(), "nothing is kept");
        check(stored <= (long) Batch.MOST_STORED * (body.length + 1000), stored + " bytes stored for " + body.length);
    }

    private static byte[] wellFormed(byte[] parts) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int from = 0;
        for (int at = 0; at <= parts.length; at++) {
            if (at == parts.length || parts[at] == 0) {
                body.write("--b\r\nContent-Disposition: form-data; name=\"detail\"\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
                // A line break could begin a boundary, which would make another body of it.
                for (byte each : Arrays.copyOfRange(parts, from, at)) {
                    body.write(each == '\r' || each == '\n' ? ' ' : each);
                }
                body.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                from = at + 1;
            }
        }
        body.write("--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    private static void compareWithNetty(byte[] body) throws IOException {
        List<String> ours = new ArrayList<>();
        for (Item item : CallbackBody.items(body, reception(MULTIPART))) {
            if (!(item instanceof Item.Candidate candidate)) {
                // Bytes that are no text in UTF-8 are refused, and Netty replaces them.
                return;
            }
            ours.add(candidate.text());
        }
        DefaultFullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(body));
        request.headers().set("Content-Type", MULTIPART);
        HttpPostMultipartRequestDecoder netty = new HttpPostMultipartRequestDecoder(
                new DefaultHttpDataFactory(false),
                request,
                StandardCharsets.UTF_8,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE);
        try {
            List<String> theirs = new ArrayList<>();
            for (InterfaceHttpData data : netty.getBodyHttpDatas()) {
                theirs.add(((Attribute) data).getValue());
            }
            check(ours.equals(theirs), "read as " + ours + ", by Netty as " + theirs);
        } finally {
            netty.destroy();
        }
    }

    private static Reception reception(String type) {
        return new Reception(Instant.EPOCH, "/callbacks", "default", type, null, null);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
