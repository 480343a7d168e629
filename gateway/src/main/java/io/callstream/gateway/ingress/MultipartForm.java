package io.callstream.gateway.ingress;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;

/**
 * Reads {@code multipart/form-data} (RFC 7578) in one pass. A part is a field, whatever headers of its own or file name
 * it has.
 *
 * <pre>
 *   --boundary CRLF  headers CRLF CRLF  value  CRLF --boundary CRLF … CRLF --boundary--
 * </pre>
 */
final class MultipartForm {

    /** One {@code ; name="value"} or {@code ; name=value} of a header. */
    private static final Pattern PARAMETER =
            Pattern.compile(";\\s*([^=;\\s]+)\\s*=\\s*(?:\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|([^;]*))");

    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};

    private final byte[] body;
    private final byte[] delimiter;
    private final Charset charset;

    private MultipartForm(byte[] body, byte[] delimiter, Charset charset) {
        this.body = body;
        this.delimiter = delimiter;
        this.charset = charset;
    }

    /**
     * The fields in order; {@code null} where a part is not whole.
     *
     * @param boundary as the content type has it, quoted or not
     * @param charset of parts that declare none
     */
    static @Nullable List<FormField> fields(byte[] body, @Nullable String boundary, Charset charset) {
        if (boundary == null) {
            return null;
        }
        String plain = boundary.startsWith("\"") && boundary.endsWith("\"") && boundary.length() > 1
                ? boundary.substring(1, boundary.length() - 1)
                : boundary;
        return new MultipartForm(body, ("\r\n--" + plain).getBytes(StandardCharsets.UTF_8), charset).fields();
    }

    private @Nullable List<FormField> fields() {
        List<FormField> fields = new ArrayList<>(1);
        int at = afterFirstDelimiter();
        while (at >= 0 && !startsWith(at, '-', '-')) {
            int headers = afterLine(at);
            if (headers < 0) {
                return null;
            }
            // Of a part without headers the blank line begins right behind the delimiter's own line.
            int blank = indexOf(BLANK_LINE, headers - CRLF.length);
            if (blank < 0) {
                return null;
            }
            int value = blank + BLANK_LINE.length;
            int end = indexOf(delimiter, headers - CRLF.length);
            if (end < value - CRLF.length) {
                // The part ends before its headers do, or not at all.
                return null;
            }
            fields.add(field(
                    new String(body, headers, Math.max(0, blank - headers), StandardCharsets.UTF_8),
                    Arrays.copyOfRange(body, value, Math.max(value, end))));
            at = end + delimiter.length;
        }
        return at < 0 ? null : fields;
    }

    /** The first delimiter may stand at the very start, without the line break that otherwise belongs to it. */
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

    private FormField field(String headers, byte[] value) {
        String name = "";
        Charset own = charset;
        for (String line : headers.lines().toList()) {
            int colon = line.indexOf(':');
            String header = line.substring(0, Math.max(0, colon)).strip();
            String content = line.substring(colon + 1).strip();
            if (header.equalsIgnoreCase("content-disposition")) {
                name = name(content);
            } else if (header.equalsIgnoreCase("content-type")) {
                own = charset(content);
            }
        }
        return new FormField(name, value, own);
    }

    /** The parameter {@code name}, past whatever else stands there in quotes; empty without one. */
    private static String name(String disposition) {
        Matcher parameter = PARAMETER.matcher(disposition);
        while (parameter.find()) {
            if (parameter.group(1).equalsIgnoreCase("name")) {
                String quoted = parameter.group(2);
                return quoted == null
                        ? parameter.group(3).strip()
                        : ESCAPE.matcher(quoted).replaceAll("$1");
            }
        }
        return "";
    }

    /** The part's own; the form's where it declares none that can be read. */
    private Charset charset(String contentType) {
        try {
            Charset declared = MimeTypeUtils.parseMimeType(contentType).getCharset();
            return declared != null && declared.canEncode() ? declared : charset;
        } catch (InvalidMimeTypeException e) {
            return charset;
        }
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
