package io.callstream.gateway.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an id of the vendor's can be. */
final class VendorId {

    /** Placeholders of an id: of a call, a task, an agent, and of the custom parameters [doc: 0; seen: the others]. */
    static final List<String> NONE = List.of("0", "null", "undefined");

    /** No vendor's id comes near it; a longer one would be repeated through event, key and headers. */
    static final int LONGEST = 256;

    private VendorId() {}

    /** The id without stray blanks, where it is one; for whom warnings are of no use. */
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
