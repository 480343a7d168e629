package io.callstream.gateway.ingress;

import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code application/x-www-form-urlencoded} (WHATWG URL, section 5), but does not repair invalid input. */
final class UrlencodedForm {

    private static final char REPLACEMENT = '\uFFFD';

    private UrlencodedForm() {}

    /** Returns {@link Form.Broken} if an escape is invalid or a name is not text. */
    static Form read(byte[] body, Charset charset) {
        List<Form.Field> fields = new ArrayList<>(1);
        boolean ascii = Charsets.isAsciiWithin(charset);
        for (int start = 0, end; start < body.length; start = end + 1) {
            end = indexOf(body, '&', start, body.length);
            if (end == start) {
                continue;
            }
            int equals = indexOf(body, '=', start, end);
            byte[] name = decode(body, start, equals, charset, ascii);
            byte[] value = decode(body, Math.min(equals + 1, end), end, charset, ascii);
            String text = name == null ? null : Charsets.text(name, charset);
            if (text == null || value == null) {
                return new Form.Broken(
                        "The form is broken at byte %d: a percent sign there is not followed by two hexadecimal digits, or"
                                        .formatted(start)
                                + " the escaped bytes are not text in %s. Escape a percent sign as %%25."
                                        .formatted(charset.name()));
            }
            if (fields.size() == Form.MOST_FIELDS) {
                return new Form.TooMany();
            }
            fields.add(new Form.Field(text, value, charset));
        }
        return new Form.Fields(fields);
    }

    private static int indexOf(byte[] body, char c, int from, int to) {
        int at = from;
        while (at < to && body[at] != c) {
            at++;
        }
        return at;
    }

    private static byte @Nullable [] decode(byte[] body, int from, int to, Charset charset, boolean ascii) {
        return ascii ? decodeBytes(body, from, to) : decodeRuns(body, from, to, charset);
    }

    private static byte @Nullable [] decodeBytes(byte[] body, int from, int to) {
        int escapes = 0;
        for (int i = from; i < to; i++) {
            if (body[i] == '%') {
                if (i + 2 >= to || !HexFormat.isHexDigit(body[i + 1]) || !HexFormat.isHexDigit(body[i + 2])) {
                    return null;
                }
                escapes++;
                i += 2;
            }
        }
        byte[] decoded = new byte[to - from - 2 * escapes];
        for (int i = from, length = 0; i < to; i++) {
            byte b = body[i];
            if (b == '+') {
                b = ' ';
            } else if (b == '%') {
                b = (byte) (HexFormat.fromHexDigit(body[i + 1]) << 4 | HexFormat.fromHexDigit(body[i + 2]));
                i += 2;
            }
            decoded[length++] = b;
        }
        return decoded;
    }

    /** In a charset such as UTF-16, only the escaped bytes are in that charset. Other characters are ASCII. */
    private static byte @Nullable [] decodeRuns(byte[] body, int from, int to, Charset charset) {
        try {
            String escaped = new String(body, from, to - from, StandardCharsets.ISO_8859_1);
            String decoded = URLDecoder.decode(escaped, charset);
            // The decoder writes this character for bytes that are not text.
            return decoded.indexOf(REPLACEMENT) >= 0 ? null : decoded.getBytes(charset);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
