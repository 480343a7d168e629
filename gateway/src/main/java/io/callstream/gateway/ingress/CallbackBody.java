package io.callstream.gateway.ingress;

import io.callstream.gateway.codec.JsonText;
import io.callstream.gateway.codec.Rejection;
import io.callstream.gateway.codec.Rejection.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/**
 * Takes a body apart into its callbacks, whichever form it has: a form with fields {@code detail}, multipart or
 * urlencoded; a form whose own fields are the callback's; raw JSON, one object or an array of them. What cannot be taken
 * apart is one unreadable item, the whole body.
 *
 * <p>Works on the whole body at once: it is small by limit, and one pass over an array is cheaper than a stream of parts.
 */
final class CallbackBody {

    private static final String DETAIL = "detail";
    /** A callback has some 300 bytes, a full body some 200 of them; each item becomes a record, however short it is. */
    private static final int MOST_ITEMS = 2000;

    /** Deeper than a callback may be, so that one that is too deep is that item's fault and not the array's. */
    private static final int DEEPEST = 500;

    private static final JsonFactory JSON = JsonText.factory(DEEPEST);

    /** What stands for bytes that are no text, unless it was sent. */
    private static final char REPLACEMENT = '\uFFFD';

    private final byte[] body;

    private CallbackBody(byte[] body) {
        this.body = body;
    }

    /**
     * Takes the body apart.
     *
     * @param contentType the header as it came, {@code null} without one
     * @param contentEncoding likewise
     * @return at least one item, in the body's order
     */
    static List<Item> items(@Nullable String contentType, @Nullable String contentEncoding, byte[] body) {
        CallbackBody callbacks = new CallbackBody(body);
        if (contentEncoding != null && !contentEncoding.equalsIgnoreCase("identity")) {
            return callbacks.whole(Reason.UNSUPPORTED_MEDIA_TYPE, "The body is compressed: send it as it is.");
        }
        if (contentType == null) {
            return callbacks.looksLikeJson()
                    ? callbacks.json(StandardCharsets.UTF_8)
                    : callbacks.unsupported("missing");
        }
        try {
            return callbacks.items(MimeTypeUtils.parseMimeType(contentType));
        } catch (InvalidMimeTypeException e) {
            return callbacks.unsupported("\"" + contentType + "\"");
        }
    }

    private List<Item> items(MimeType type) {
        Charset charset = type.getCharset() != null ? type.getCharset() : StandardCharsets.UTF_8;
        if (!charset.canEncode()) {
            return whole(
                    Reason.UNSUPPORTED_MEDIA_TYPE,
                    "The charset %s can only be guessed at: send UTF-8.".formatted(charset.name()));
        }
        String subtype = type.getSubtype();
        if (subtype.equals("json") || subtype.endsWith("+json")) {
            return json(charset);
        }
        if (type.getType().equals("application") && subtype.equals("x-www-form-urlencoded")) {
            // Clients that are given no type for their JSON call it this [seen]; a form's field never begins so.
            return looksLikeJson() ? json(charset) : form(UrlencodedForm.fields(body, charset));
        }
        if (type.getType().equals("multipart") && subtype.equals("form-data")) {
            return form(MultipartForm.fields(body, type.getParameter("boundary"), charset));
        }
        return unsupported("\"" + type.getType() + '/' + subtype + "\"");
    }

    private List<Item> unsupported(String type) {
        return whole(
                Reason.UNSUPPORTED_MEDIA_TYPE,
                "The content type is %s: send multipart/form-data, application/x-www-form-urlencoded or application/json."
                        .formatted(type));
    }

    private boolean looksLikeJson() {
        boolean marked =
                body.length >= 3 && (body[0] & 0xff) == 0xef && (body[1] & 0xff) == 0xbb && (body[2] & 0xff) == 0xbf;
        int at = marked ? 3 : 0;
        while (at < body.length && (body[at] & 0xff) <= ' ') {
            at++;
        }
        return at < body.length && (body[at] == '{' || body[at] == '[');
    }

    /** @param fields in order; {@code null} where the form is broken */
    private List<Item> form(@Nullable List<FormField> fields) {
        if (fields == null) {
            return whole(
                    Reason.MALFORMED_FORM,
                    "The form is broken, so its fields cannot be told apart: send it whole, with field detail.");
        }
        List<Item> items = new ArrayList<>(1);
        for (FormField field : fields) {
            if (field.name().strip().equalsIgnoreCase(DETAIL)) {
                items.add(item(field.value(), field.charset()));
            }
        }
        if (items.size() > MOST_ITEMS) {
            return tooMany();
        }
        return items.isEmpty() ? flat(fields) : items;
    }

    /** The form's fields as the object that they would be in {@code detail}; all of them strings. */
    private List<Item> flat(List<FormField> fields) {
        if (fields.isEmpty()) {
            return whole(Reason.EMPTY, "There is nothing in the body: send a form with field detail.");
        }
        StringBuilder json = new StringBuilder(body.length + 64);
        char separator = '{';
        for (FormField field : fields) {
            String value = text(field.value(), field.charset());
            if (value == null) {
                return whole(Reason.NOT_TEXT, notText(field.charset()));
            }
            json.append(separator).append('"');
            JsonStringEncoder.getInstance().quoteAsString(field.name(), json);
            json.append("\":\"");
            JsonStringEncoder.getInstance().quoteAsString(value, json);
            json.append('"');
            separator = ',';
        }
        return List.of(new Item.Candidate(body, json.append('}').toString()));
    }

    private List<Item> json(Charset charset) {
        String text = text(body, charset);
        if (text == null) {
            return whole(Reason.NOT_TEXT, notText(charset));
        }
        String json = JsonText.begin(text);
        if (json.startsWith("[")) {
            List<Item> items = array(json, charset);
            if (items != null) {
                return items;
            }
        }
        // One object; or no JSON at all, which the decoder will explain.
        return List.of(new Item.Candidate(body, text));
    }

    /** The items of the array, {@code null} where it is not whole or has none. */
    private @Nullable List<Item> array(String array, Charset charset) {
        List<Item> items = new ArrayList<>();
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
                // In UTF-16 an item of its own would begin with a mark that it does not have here.
                items.add(new Item.Candidate(isAsciiWithin(charset) ? item.getBytes(charset) : body, item));
                if (items.size() > MOST_ITEMS) {
                    return tooMany();
                }
            }
            return parser.nextToken() == null && !items.isEmpty() ? items : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private List<Item> tooMany() {
        return whole(
                Reason.TOO_MANY_ITEMS,
                "There are more than %d items in it: send fewer at a time.".formatted(MOST_ITEMS));
    }

    private List<Item> whole(Reason reason, String explanation) {
        return List.of(new Item.Unreadable(body, new Rejection(reason, explanation)));
    }

    private static Item item(byte[] bytes, Charset charset) {
        String text = text(bytes, charset);
        return text == null
                ? new Item.Unreadable(bytes, new Rejection(Reason.NOT_TEXT, notText(charset)))
                : new Item.Candidate(bytes, text);
    }

    private static String notText(Charset charset) {
        return "Its bytes are no text in %s: send UTF-8, or name the charset in the content type."
                .formatted(charset.name());
    }

    /** Whether ASCII characters are the bytes that they are in ASCII. */
    static boolean isAsciiWithin(Charset charset) {
        return charset.equals(StandardCharsets.UTF_8) || Arrays.equals("a".getBytes(charset), new byte[] {'a'});
    }

    /** {@code null} where the bytes are not of that charset; a replacement character would be a guess. */
    static @Nullable String text(byte[] bytes, Charset charset) {
        if (charset.equals(StandardCharsets.UTF_8)) {
            String text = new String(bytes, charset);
            if (text.indexOf(REPLACEMENT) < 0) {
                return text;
            }
        }
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
