package io.callstream.cli.quarantine;

import io.callstream.cli.Fault;
import io.callstream.cli.GatewayClient;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A request to post. No content of the record that it is made of can become another request, header or part.
 *
 * @param query the query with its question mark; empty if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // Its instances are not compared.
public record Posting(String query, Map<String, String> headers, byte[] body) {

    // RFC 2978.
    private static final Pattern CHARSET = Pattern.compile("[A-Za-z0-9!#$%&'+^_`{}~.:-]{1,100}");
    private static final Pattern HEADER = Pattern.compile("[\\t -~]*");
    // RFC 3986: pchar, a slash or a question mark.
    private static final Pattern QUERY = Pattern.compile("%[0-9A-Fa-f]{2}|[A-Za-z0-9._~!$&'()*+,;=:@/?-]");

    /** Makes a form with one callback in the field {@code detail}. The callback's bytes are unchanged. */
    public static Posting ofItem(byte[] item, String charset) {
        if (!CHARSET.matcher(charset).matches()) {
            throw new Fault("The record's charset \"%s\" does not exist. Send the callback with --edited FILE."
                    .formatted(charset));
        }
        // ISO-8859-1 makes one character of each byte, and the same byte of that character.
        String value = new String(item, StandardCharsets.ISO_8859_1);
        String boundary = boundary(value);
        String form =
                "--%s\r\nContent-Disposition: form-data; name=\"detail\"\r\nContent-Type: text/plain; charset=%s\r\n\r\n%s\r\n--%s--\r\n"
                        .formatted(boundary, charset, value, boundary);
        return new Posting(
                "",
                Map.of(GatewayClient.CONTENT_TYPE, "multipart/form-data; boundary=" + boundary),
                form.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String boundary(String value) {
        int number = 0;
        while (value.contains("callstream-" + number)) {
            number++;
        }
        return "callstream-" + number;
    }

    /**
     * Makes a request with a whole body.
     *
     * @param query the record's query, without a question mark; characters that a query cannot have are percent-encoded
     * @throws Fault if a header's value contains characters that no header can have
     */
    static Posting ofBody(byte[] body, Map<String, String> headers, String query) {
        headers.forEach((name, value) -> {
            if (!HEADER.matcher(value).matches()) {
                throw new Fault(
                        "The record's %s contains characters that are not allowed in a header. Send the callback with --edited FILE."
                                .formatted(name));
            }
        });
        return new Posting(query.isEmpty() ? "" : "?" + encoded(query), headers, body);
    }

    private static String encoded(String query) {
        StringBuilder encoded = new StringBuilder();
        for (int at = 0; at < query.length(); ) {
            var legal = QUERY.matcher(query).region(at, query.length());
            if (legal.lookingAt()) {
                encoded.append(legal.group());
                at = legal.end();
            } else {
                int character = query.codePointAt(at);
                for (byte unit : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
                    encoded.append("%%%02X".formatted(unit & 0xff));
                }
                at += Character.charCount(character);
            }
        }
        return encoded.toString();
    }
}
