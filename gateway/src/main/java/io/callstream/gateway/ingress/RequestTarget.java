package io.callstream.gateway.ingress;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HexFormat;

/** Escapes the characters of a request's target that a URI must not contain, so that they cause no refusal. */
final class RequestTarget {

    private static final String OTHER = "-._~!$&'()*+,;=:@/?";
    private static final BitSet PLAIN = plain();

    private RequestTarget() {}

    private static BitSet plain() {
        BitSet plain = new BitSet(128);
        plain.set('a', 'z' + 1);
        plain.set('A', 'Z' + 1);
        plain.set('0', '9' + 1);
        OTHER.chars().forEach(plain::set);
        return plain;
    }

    /** Returns the target with each byte escaped that a URI must not contain, and each stray percent sign. */
    static String escaped(String target) {
        int odd = 0;
        while (odd < target.length() && isPlain(target, odd)) {
            odd++;
        }
        if (odd == target.length()) {
            return target;
        }
        StringBuilder escaped = new StringBuilder(target.length() + 16).append(target, 0, odd);
        for (int i = odd; i < target.length(); i++) {
            if (isPlain(target, i)) {
                escaped.append(target.charAt(i));
            } else {
                for (byte b : target.substring(i, i + 1).getBytes(StandardCharsets.ISO_8859_1)) {
                    escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
                }
            }
        }
        return escaped.toString();
    }

    private static boolean isPlain(String target, int at) {
        char c = target.charAt(at);
        return c == '%'
                ? at + 2 < target.length()
                        && HexFormat.isHexDigit(target.charAt(at + 1))
                        && HexFormat.isHexDigit(target.charAt(at + 2))
                : PLAIN.get(c);
    }
}
