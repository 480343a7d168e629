package io.callstream.gateway.ingress;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks a request's head, so that no proxy can read it in another way than the gateway does. If two readings differ, a
 * sender can smuggle a second request past a proxy.
 *
 * <p>The rules are stricter than RFC 9112 where that costs no sender anything. The length of a body comes from one
 * {@code Content-Length}, or from {@code Transfer-Encoding: chunked} in exactly this spelling, never from both.
 */
final class RequestRules {

    private static final String CHUNKED = "chunked";
    private static final List<AsciiString> LENGTHS =
            List.of(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderNames.CONTENT_LENGTH);

    /** Senders and the proxies before them send about twenty. A decoded header takes more memory than its bytes. */
    static final int MOST_HEADERS = 100;

    private RequestRules() {}

    /** Returns why the request is refused, as a sentence with what to do; {@code null} if it is not refused. */
    static @Nullable String fault(HttpRequest request) {
        HttpHeaders headers = request.headers();
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return "The request is %s: send HTTP/1.1.".formatted(version);
        }
        if (headers.size() > MOST_HEADERS) {
            return "The request has more than %d headers: send fewer.".formatted(MOST_HEADERS);
        }
        // One pass, without a list for each name, because this runs for every request.
        int lengths = 0;
        int hosts = 0;
        int codings = 0;
        boolean chunked = true;
        for (Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence(); all.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            CharSequence name = header.getKey();
            if (HttpHeaderNames.HOST.contentEqualsIgnoreCase(name)) {
                hosts++;
            } else if (HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)) {
                lengths++;
            } else if (HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)) {
                codings++;
                chunked &= CHUNKED.contentEquals(header.getValue());
            }
            if (isLengthInDisguise(name, header.getValue())) {
                return "A header that says the body's length is misspelt, or on a line that begins with a blank: send it"
                        + " as a header of its own.";
            }
        }
        if (codings > 1 || !chunked) {
            return "The only Transfer-Encoding that is accepted is one header \"chunked\": send the body with that, or"
                    + " with Content-Length.";
        }
        if (codings == 1 && lengths > 0) {
            return "The request has both Content-Length and Transfer-Encoding: send one of them.";
        }
        if (codings == 1 && version.equals(HttpVersion.HTTP_1_0)) {
            return "Transfer-Encoding is not part of HTTP/1.0: send Content-Length.";
        }
        if (lengths > 1) {
            return "The request has more than one Content-Length: send one.";
        }
        if (hosts > 1 || (hosts == 0 && version.equals(HttpVersion.HTTP_1_1))) {
            return "The request has %d Host headers: send one.".formatted(hosts);
        }
        return null;
    }

    /**
     * Whether a proxy could read the header as the body's length. Some proxies read an underscore as a hyphen, and some
     * read a folded line as a header.
     */
    private static boolean isLengthInDisguise(CharSequence name, CharSequence value) {
        if (AsciiString.indexOf(name, '_', 0) >= 0) {
            String spelt = name.toString().replace('_', '-');
            if (LENGTHS.stream().anyMatch(length -> length.contentEqualsIgnoreCase(spelt))) {
                return true;
            }
        }
        for (int colon = AsciiString.indexOf(value, ':', 0); colon >= 0; ) {
            int end = colon;
            while (end > 0 && (value.charAt(end - 1) == ' ' || value.charAt(end - 1) == '\t')) {
                end--;
            }
            for (AsciiString length : LENGTHS) {
                int from = end - length.length();
                if (from >= 0 && AsciiString.regionMatches(value, true, from, length, 0, length.length())) {
                    return true;
                }
            }
            colon = AsciiString.indexOf(value, ':', colon + 1);
        }
        return false;
    }
}
