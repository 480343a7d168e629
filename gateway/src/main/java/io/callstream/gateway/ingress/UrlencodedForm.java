package io.callstream.gateway.ingress;

import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code application/x-www-form-urlencoded} (WHATWG URL, section 5), but repairs nothing. */
final class UrlencodedForm {

    private static final char REPLACEMENT = '\uFFFD';

    private UrlencodedForm() {}

    /** The fields in order; {@code null} where an escape is broken or a name is no text. */
    static @Nullable List<FormField> fields(byte[] body, Charset charset) {
        List<FormField> fields = new ArrayList<>(1);
        for (int start = 0, end; start < body.length; start = end + 1) {
            end = indexOf(body, '&', start, body.length);
            if (end == start) {
                continue;
            }
            int equals = indexOf(body, '=', start, end);
            byte[] name = decode(body, start, equals, charset);
            byte[] value = decode(body, Math.min(equals + 1, end), end, charset);
            String text = name == null ? null : CallbackBody.text(name, charset);
            if (text == null || value == null) {
                return null;
            }
            fields.add(new FormField(text, value, charset));
        }
        return fields;
    }

    private static int indexOf(byte[] body, char c, int from, int to) {
        int at = from;
        while (at < to && body[at] != c) {
            at++;
        }
        return at;
    }

    private static byte @Nullable [] decode(byte[] body, int from, int to, Charset charset) {
        return CallbackBody.isAsciiWithin(charset) ? decodeBytes(body, from, to) : decodeRuns(body, from, to, charset);
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

    /** In a charset such as UTF-16 only the escaped runs are of it; what is not escaped is ASCII. */
    private static byte @Nullable [] decodeRuns(byte[] body, int from, int to, Charset charset) {
        try {
            String escaped = new String(body, from, to - from, StandardCharsets.ISO_8859_1);
            String decoded = URLDecoder.decode(escaped, charset);
            // What the decoder writes for bytes that are no text.
            return decoded.indexOf(REPLACEMENT) >= 0 ? null : decoded.getBytes(charset);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
