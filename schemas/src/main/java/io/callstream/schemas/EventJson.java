package io.callstream.schemas;

import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** Events as the JSON that stands in a record's value. */
public final class EventJson {

    private static final ObjectWriter WRITER = JsonMapper.builder().build().writer();

    private EventJson() {}

    /** UTF-8, one line as long as the vendor's text is. */
    public static byte[] bytes(Event event) {
        return WRITER.writeValueAsBytes(event);
    }
}
