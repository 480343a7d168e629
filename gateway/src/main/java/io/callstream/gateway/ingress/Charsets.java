package io.callstream.gateway.ingress;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The charsets that a sender may declare: those that this Java platform can both encode and decode. A table is built at
 * the start, because the platform searches its class path for every name that it does not know.
 */
final class Charsets {

    /** Java's replacement for bytes that are not text. A sender can also send this character itself. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final Map<String, Charset> BY_NAME = byName();

    private Charsets() {}

    private static Map<String, Charset> byName() {
        Map<String, Charset> byName = new HashMap<>();
        for (Charset charset : Charset.availableCharsets().values()) {
            if (charset.canEncode()) {
                byName.put(charset.name().toLowerCase(Locale.ROOT), charset);
                charset.aliases().forEach(alias -> byName.putIfAbsent(alias.toLowerCase(Locale.ROOT), charset));
            }
        }
        return Map.copyOf(byName);
    }

    /** Returns the charset with this name or alias; {@code null} if it is unknown. */
    static @Nullable Charset named(String name) {
        return BY_NAME.get(name.strip().toLowerCase(Locale.ROOT));
    }

    /** Decodes the bytes. Returns {@code null} if they are not valid in the charset; a replacement would be a guess. */
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

    /** Whether the charset encodes ASCII characters as ASCII does. Only one letter is tested. */
    static boolean isAsciiWithin(Charset charset) {
        return charset.equals(StandardCharsets.UTF_8) || Arrays.equals("a".getBytes(charset), new byte[] {'a'});
    }
}
