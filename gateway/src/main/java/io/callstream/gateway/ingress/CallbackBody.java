package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.Outcome.Rejection;
import io.callstream.gateway.codec.Outcome.Rejection.Reason;
import io.callstream.gateway.codec.Reception;
import io.callstream.gateway.codec.SenderText;
import io.callstream.gateway.codec.StrictJson;
import io.callstream.gateway.ingress.Item.Evidence;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/**
 * Splits a body into its callbacks. A body is a form with fields {@code detail} (multipart or urlencoded), a form with
 * the callback's own fields, or raw JSON (one object or an array). A body that cannot be split becomes one unreadable
 * item.
 *
 * <p>The whole body is in one array. It is small, because its size is limited, and one pass over an array costs less
 * than a stream of parts.
 */
final class CallbackBody {

    private static final String DETAIL = "detail";
    private static final String FORM_TYPE = "application/x-www-form-urlencoded";
    private static final String MULTIPART_TYPE = "multipart/form-data";

    /** Each item becomes a record, however short. A full body has some 200 callbacks of some 300 bytes. */
    private static final int MOST_ITEMS = 2000;

    /** Deeper than a callback may be, so that a callback that is too deep is rejected without its array. */
    private static final int DEEPEST = 500;

    private static final JsonFactory JSON = StrictJson.factory(DEEPEST);
    private static final Set<String> COMPRESSIONS =
            Set.of("gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd");

    private final byte[] body;

    private CallbackBody(byte[] body) {
        this.body = body;
    }

    /**
     * Splits the body.
     *
     * @return at least one item, in the body's order
     */
    static List<Item> items(byte[] body, Reception reception) {
        return new CallbackBody(body).items(reception);
    }

    private List<Item> items(Reception reception) {
        if (body.length == 0 && reception.query() != null) {
            return whole(
                    Reason.EMPTY,
                    "The body is empty and the address has a query: send the callback in the body, as form field"
                            + " \"detail\".");
        }
        HeaderValue type = HeaderValue.of(reception.contentType() == null ? "" : reception.contentType());
        String named = type.parameter("charset");
        Charset charset = named == null ? StandardCharsets.UTF_8 : Charsets.named(named);
        if (charset == null) {
            return whole(
                    Reason.UNSUPPORTED_MEDIA_TYPE,
                    "The charset \"%s\" is not known: send UTF-8."
                            .formatted(SenderText.excerpt(String.valueOf(named))));
        }
        String coding = reception.contentEncoding();
        if (coding != null) {
            // Some senders name their charset here, although a charset is not a content coding.
            Charset misplaced = Charsets.named(coding);
            if (misplaced == null) {
                String fault = codingFault(coding);
                if (fault != null) {
                    return whole(Reason.UNSUPPORTED_MEDIA_TYPE, fault);
                }
            } else if (named != null && !misplaced.equals(charset)) {
                return whole(
                        Reason.UNSUPPORTED_MEDIA_TYPE,
                        "Content-Encoding names the charset %s and Content-Type the charset %s: name one, in Content-Type."
                                .formatted(misplaced.name(), charset.name()));
            } else {
                charset = misplaced;
            }
        }
        return items(type, charset);
    }

    /** Returns why a body with this content encoding is rejected; {@code null} if the encoding changes nothing. */
    private static @Nullable String codingFault(String contentEncoding) {
        for (String coding : contentEncoding.toLowerCase(Locale.ROOT).split(",", -1)) {
            String name = coding.strip();
            if (COMPRESSIONS.contains(name)) {
                return "The body is compressed (Content-Encoding: %s): send it uncompressed.".formatted(name);
            }
            if (!name.isEmpty() && !name.equals("identity")) {
                return "The Content-Encoding \"%s\" is not known: send the body as it is, without it."
                        .formatted(SenderText.excerpt(name));
            }
        }
        return null;
    }

    private List<Item> items(HeaderValue type, Charset charset) {
        String name = type.value();
        if (name.endsWith("/json") || name.endsWith("+json")) {
            return json(charset);
        }
        return switch (name) {
            // A client that sets no type declares its JSON as a form [seen]. A form field never begins like JSON.
            case FORM_TYPE -> looksLikeJson() ? json(charset) : urlencoded(type, charset);
            case MULTIPART_TYPE -> multipart(type, charset);
            case "" -> looksLikeJson() ? json(charset) : unsupported("missing");
            default -> unsupported('"' + SenderText.excerpt(name) + '"');
        };
    }

    private List<Item> urlencoded(HeaderValue type, Charset charset) {
        String boundary = type.parameter("boundary");
        if (boundary != null && MultipartForm.isIn(body, boundary)) {
            // The type is wrong: the body contains the boundary, so it can only be multipart.
            return form(MultipartForm.read(body, boundary, charset), false);
        }
        return looksLikeMultipart()
                ? whole(
                        Reason.MALFORMED_FORM,
                        "The content type is %s, but the body is multipart: set the content type to %s with the body's boundary."
                                .formatted(FORM_TYPE, MULTIPART_TYPE))
                : form(UrlencodedForm.read(body, charset), true);
    }

    private List<Item> multipart(HeaderValue type, Charset charset) {
        String boundary = type.parameter("boundary");
        if (boundary != null && MultipartForm.isIn(body, boundary)) {
            return form(MultipartForm.read(body, boundary, charset), false);
        }
        if (body.length == 0) {
            return empty();
        }
        if (looksLikeJson()) {
            // A body without the boundary is not multipart, so this can only be JSON.
            return json(charset);
        }
        String but = boundary == null
                ? "names no boundary"
                : "names the boundary \"%s\", which is not in the body".formatted(SenderText.excerpt(boundary));
        return whole(
                Reason.MALFORMED_FORM,
                "The content type is %s and %s%s: set the content type that fits the body."
                        .formatted(
                                MULTIPART_TYPE,
                                but,
                                looksLikeUrlencoded() ? "; the body looks like " + FORM_TYPE : ""));
    }

    private List<Item> unsupported(String type) {
        return whole(
                Reason.UNSUPPORTED_MEDIA_TYPE,
                "The content type is %s: send %s, %s or application/json.".formatted(type, MULTIPART_TYPE, FORM_TYPE));
    }

    private List<Item> empty() {
        return whole(Reason.EMPTY, "There is nothing in the body: send a form with field \"detail\".");
    }

    private boolean looksLikeJson() {
        int at = start();
        return at < body.length && (body[at] == '{' || body[at] == '[');
    }

    private boolean looksLikeMultipart() {
        int at = start();
        return at + 1 < body.length
                && body[at] == '-'
                && body[at + 1] == '-'
                && new String(body, StandardCharsets.ISO_8859_1)
                        .toLowerCase(Locale.ROOT)
                        .contains("content-disposition:");
    }

    private boolean looksLikeUrlencoded() {
        return new String(body, StandardCharsets.ISO_8859_1).matches("(?s)[\\w.%-]{1,64}=.*");
    }

    /** Returns the index of the first byte that is neither a blank nor part of a byte order mark. */
    private int start() {
        boolean marked =
                body.length >= 3 && (body[0] & 0xff) == 0xef && (body[1] & 0xff) == 0xbb && (body[2] & 0xff) == 0xbf;
        int at = marked ? 3 : 0;
        while (at < body.length && (body[at] & 0xff) <= ' ') {
            at++;
        }
        return at;
    }

    /** @param escaped whether an {@code &} in a value has to be escaped; some senders do not escape it */
    private List<Item> form(Form form, boolean escaped) {
        if (form instanceof Form.Broken broken) {
            return whole(Reason.MALFORMED_FORM, broken.cause());
        }
        if (form instanceof Form.TooMany) {
            return whole(
                    Reason.TOO_MANY_ITEMS,
                    "The form has more than %d fields: send fewer callbacks at a time.".formatted(Form.MOST_FIELDS));
        }
        List<Form.Field> fields = ((Form.Fields) form).fields();
        List<Form.Field> details = new ArrayList<>(fields.size());
        for (Form.Field field : fields) {
            if (SenderText.strip(field.name()).equalsIgnoreCase(DETAIL)) {
                details.add(field);
            }
        }
        if (details.isEmpty()) {
            return flat(fields);
        }
        // An unescaped & ends a value early. The rest is in the fields after it, so the whole body is stored.
        boolean mayBeCut = escaped && details.size() < fields.size();
        List<Item> items = new ArrayList<>(details.size());
        for (Form.Field detail : details) {
            items.add(item(
                    mayBeCut
                            ? Evidence.whole(body)
                                    .with("The form has other fields beside \"detail\": an & in its value may not have"
                                            + " been escaped as %26.")
                            : new Evidence(detail.value(), detail.charset(), null),
                    detail));
        }
        return items;
    }

    /** Converts the form's fields to the object that {@code detail} would contain. All values are strings. */
    private List<Item> flat(List<Form.Field> fields) {
        if (fields.isEmpty()) {
            return empty();
        }
        StringBuilder json = new StringBuilder(body.length + 64);
        Evidence evidence = Evidence.whole(body);
        char separator = '{';
        for (Form.Field field : fields) {
            String value = Charsets.text(field.value(), field.charset());
            if (value == null) {
                return whole(Reason.NOT_TEXT, notText(field.charset()));
            }
            if (evidence.hint() == null && field.name().indexOf('[') >= 0) {
                evidence = evidence.with(
                        "The form has array fields, such as \"%s\", which are not read: send the callback as one JSON"
                                        .formatted(SenderText.excerpt(SenderText.printable(field.name())))
                                + " object in a field named \"detail\".");
            }
            json.append(separator).append('"');
            JsonStringEncoder.getInstance().quoteAsString(field.name(), json);
            json.append("\":\"");
            JsonStringEncoder.getInstance().quoteAsString(value, json);
            json.append('"');
            separator = ',';
        }
        return List.of(new Item.Candidate(evidence, json.append('}').toString()));
    }

    private List<Item> json(Charset charset) {
        String text = Charsets.text(body, charset);
        if (text == null) {
            return whole(Reason.NOT_TEXT, notText(charset));
        }
        String json = SenderText.begin(text);
        if (json.startsWith("[")) {
            List<Item> items = array(json, charset);
            if (items != null) {
                return items;
            }
        }
        // One object, or not JSON: then the decoder's rejection says what is wrong.
        Evidence evidence = Evidence.whole(body);
        if (looksLikeMultipart()) {
            evidence = evidence.with(
                    "The content type says JSON, but the body looks like %s: set the content type that fits the body."
                            .formatted(MULTIPART_TYPE));
        } else if (!looksLikeJson() && looksLikeUrlencoded()) {
            evidence = evidence.with(
                    "The content type says JSON, but the body looks like %s: set the content type that fits the body."
                            .formatted(FORM_TYPE));
        }
        return List.of(new Item.Candidate(evidence, text));
    }

    /**
     * Returns the items of the array, or one unreadable item if there are too many. Returns {@code null} if the array
     * is empty or not valid JSON.
     */
    private @Nullable List<Item> array(String array, Charset charset) {
        List<Item> items = new ArrayList<>();
        // In UTF-16, a single item would be encoded with a byte order mark that the body does not have there.
        boolean canStandAlone = Charsets.isAsciiWithin(charset);
        Evidence whole = Evidence.whole(body);
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), array)) {
            parser.nextToken();
            for (JsonToken token; (token = parser.nextToken()) != JsonToken.END_ARRAY; ) {
                int start = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                if (token.isScalarValue()) {
                    parser.finishToken();
                }
                String item =
                        array.substring(start, (int) parser.currentLocation().getCharOffset());
                items.add(new Item.Candidate(
                        canStandAlone ? new Evidence(item.getBytes(charset), charset, null) : whole, item));
                if (items.size() > MOST_ITEMS) {
                    return whole(
                            Reason.TOO_MANY_ITEMS,
                            "There are more than %d items in the array: send fewer at a time.".formatted(MOST_ITEMS));
                }
            }
            return parser.nextToken() == null && !items.isEmpty() ? items : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private List<Item> whole(Reason reason, String explanation) {
        return List.of(new Item.Unreadable(Evidence.whole(body), new Rejection(reason, explanation)));
    }

    private static Item item(Evidence evidence, Form.Field field) {
        String text = Charsets.text(field.value(), field.charset());
        return text == null
                ? new Item.Unreadable(evidence, new Rejection(Reason.NOT_TEXT, notText(field.charset())))
                : new Item.Candidate(evidence, text);
    }

    private static String notText(Charset charset) {
        return "Its bytes are not text in %s: send UTF-8, or name the charset in the content type."
                .formatted(charset.name());
    }
}
