package io.callstream.gateway.ingress;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code multipart/form-data} (RFC 7578) in one pass. Every part is a field, also one with a file name or other
 * headers. A part's charset and transfer encoding are applied; if one is unknown, the form is broken.
 *
 * <pre>
 *   --boundary CRLF  headers CRLF CRLF  value  CRLF --boundary CRLF … CRLF --boundary--
 * </pre>
 */
final class MultipartForm {

    private static final String DISPOSITION = "content-disposition";
    private static final String TYPE = "content-type";
    private static final String ENCODING = "content-transfer-encoding";
    private static final Set<String> READ = Set.of(DISPOSITION, TYPE, ENCODING);
    private static final Set<String> UNENCODED = Set.of("", "7bit", "8bit", "binary");
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};

    private final byte[] body;
    private final byte[] delimiter;
    private final Charset charset;
    private @Nullable String fault;

    private MultipartForm(byte[] body, String boundary, Charset charset) {
        this.body = body;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.UTF_8);
        this.charset = charset;
    }

    /**
     * Returns {@link Form.Broken} if a part is incomplete or has an unknown encoding.
     *
     * @param charset the charset of parts that declare none
     */
    static Form read(byte[] body, String boundary, Charset charset) {
        return new MultipartForm(body, boundary, charset).read();
    }

    /** Whether a line of the body begins with this boundary. */
    static boolean isIn(byte[] body, String boundary) {
        return new MultipartForm(body, boundary, StandardCharsets.UTF_8).afterFirstDelimiter() >= 0;
    }

    private Form read() {
        List<Form.Field> fields = new ArrayList<>(1);
        int at = afterFirstDelimiter();
        if (at < 0) {
            return new Form.Broken("The body does not contain the boundary that the content type names.");
        }
        while (at >= 0 && !startsWith(at, '-', '-')) {
            int headers = afterLine(at);
            if (headers < 0) {
                return new Form.Broken(
                        "Something follows a boundary on its line: end each line of the form with CR and LF.");
            }
            // In a part without headers, the line break of the delimiter's line is the first half of the blank line.
            int blank = indexOf(BLANK_LINE, headers - CRLF.length);
            int end = indexOf(delimiter, headers - CRLF.length);
            int value = blank + BLANK_LINE.length;
            if (blank < 0 || end < value - CRLF.length) {
                return new Form.Broken("The form breaks off within a part: send it whole, with its last boundary.");
            }
            if (fields.size() == Form.MOST_FIELDS) {
                return new Form.TooMany();
            }
            Form.Field field = field(
                    new String(body, headers, Math.max(0, blank - headers), StandardCharsets.UTF_8),
                    Arrays.copyOfRange(body, value, Math.max(value, end)));
            if (field == null) {
                return new Form.Broken(fault == null ? "A part of the form cannot be read." : fault);
            }
            fields.add(field);
            at = end + delimiter.length;
        }
        return new Form.Fields(fields);
    }

    /**
     * Returns the index after the first delimiter; −1 if the body has none. At the start of the body, a delimiter has
     * no line break before it.
     */
    private int afterFirstDelimiter() {
        int length = delimiter.length - CRLF.length;
        if (body.length >= length && Arrays.equals(body, 0, length, delimiter, CRLF.length, delimiter.length)) {
            return length;
        }
        int at = indexOf(delimiter, 0);
        return at < 0 ? -1 : at + delimiter.length;
    }

    private int afterLine(int from) {
        int at = from;
        while (at < body.length && (body[at] == ' ' || body[at] == '\t')) {
            at++;
        }
        return startsWith(at, '\r', '\n') ? at + CRLF.length : -1;
    }

    private Form.@Nullable Field field(String headers, byte[] value) {
        Map<String, String> read = headers(headers);
        if (read == null) {
            return null;
        }
        String name = HeaderValue.of(read.getOrDefault(DISPOSITION, "")).parameter("name");
        String declared = HeaderValue.of(read.getOrDefault(TYPE, "")).parameter("charset");
        Charset own = declared == null ? charset : Charsets.named(declared);
        if (own == null) {
            fault = "The charset of a part is not known: send UTF-8.";
            return null;
        }
        byte[] decoded = decoded(value, read.getOrDefault(ENCODING, "").strip().toLowerCase(Locale.ROOT));
        return decoded == null ? null : new Form.Field(name == null ? "" : name, decoded, own);
    }

    /** Returns the headers in {@link #READ}, by name in lower case; {@code null} if one of them occurs twice. */
    private @Nullable Map<String, String> headers(String headers) {
        Map<String, String> read = new HashMap<>(4);
        // A line that begins with a blank continues the line before it.
        for (String line : unfolded(headers).lines().toList()) {
            int colon = line.indexOf(':');
            String name = line.substring(0, Math.max(0, colon)).strip().toLowerCase(Locale.ROOT);
            if (READ.contains(name) && read.put(name, line.substring(colon + 1).strip()) != null) {
                fault = "A part of the form has two %s headers: send one.".formatted(name);
                return null;
            }
        }
        return read;
    }

    private static String unfolded(String headers) {
        return headers.contains("\r\n ") || headers.contains("\r\n\t")
                ? headers.replace("\r\n ", " ").replace("\r\n\t", " ")
                : headers;
    }

    private byte @Nullable [] decoded(byte[] value, String encoding) {
        if (UNENCODED.contains(encoding)) {
            return value;
        }
        byte[] decoded = switch (encoding) {
            case "base64" -> base64(value);
            case "quoted-printable" -> quotedPrintable(value);
            default -> null;
        };
        if (decoded == null) {
            fault = encoding.equals("base64") || encoding.equals("quoted-printable")
                    ? "A part declares Content-Transfer-Encoding: %s, and its bytes are not: send it unencoded."
                            .formatted(encoding)
                    : "A part declares a Content-Transfer-Encoding that is not known: send it unencoded.";
        }
        return decoded;
    }

    private static byte @Nullable [] base64(byte[] value) {
        try {
            // Line breaks and blanks are allowed. Every other character outside the alphabet is an error.
            ByteArrayOutputStream plain = new ByteArrayOutputStream(value.length);
            for (byte b : value) {
                if (b != '\r' && b != '\n' && b != ' ' && b != '\t') {
                    plain.write(b);
                }
            }
            return Base64.getDecoder().decode(plain.toByteArray());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** See RFC 2045, section 6.7. */
    private static byte @Nullable [] quotedPrintable(byte[] value) {
        ByteArrayOutputStream plain = new ByteArrayOutputStream(value.length);
        for (int i = 0; i < value.length; i++) {
            if (value[i] != '=') {
                plain.write(value[i]);
                continue;
            }
            int next = i + 1;
            while (next < value.length && (value[next] == ' ' || value[next] == '\t')) {
                next++;
            }
            if (next < value.length && value[next] == '\n') {
                i = next;
            } else if (next + 1 < value.length && value[next] == '\r' && value[next + 1] == '\n') {
                i = next + 1;
            } else if (i + 2 < value.length
                    && HexFormat.isHexDigit(value[i + 1])
                    && HexFormat.isHexDigit(value[i + 2])) {
                plain.write(HexFormat.fromHexDigit(value[i + 1]) << 4 | HexFormat.fromHexDigit(value[i + 2]));
                i += 2;
            } else {
                return null;
            }
        }
        return plain.toByteArray();
    }

    private boolean startsWith(int at, char first, char second) {
        return at + 1 < body.length && body[at] == first && body[at + 1] == second;
    }

    private int indexOf(byte[] what, int from) {
        for (int at = from; at <= body.length - what.length; at++) {
            if (body[at] == what[0] && Arrays.equals(body, at, at + what.length, what, 0, what.length)) {
                return at;
            }
        }
        return -1;
    }
}
