package io.callstream.gateway.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules for the vendor's ids. */
final class VendorId {

    /** Placeholders for the id of a call, a task or an agent, and for a custom parameter [doc: 0; seen: the others]. */
    static final List<String> NONE = List.of("0", "null", "undefined");

    /**
     * In characters. No id of the vendor is nearly as long. A longer one would be repeated in the event, the key and
     * the headers.
     */
    static final int LONGEST = 256;

    private VendorId() {}

    /**
     * Returns the id without blanks at its ends; {@code null} if it is not usable. Unlike {@link FieldReader}, it gives
     * no warning.
     */
    static @Nullable String readable(String value) {
        String text = SenderText.strip(value);
        boolean isReadable = !text.isEmpty()
                && !NONE.contains(text)
                && text.length() <= LONGEST
                && SenderText.isUnicode(text)
                && SenderText.isPrintable(text);
        return isReadable ? text : null;
    }
}
