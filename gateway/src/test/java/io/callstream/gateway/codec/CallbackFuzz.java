package io.callstream.gateway.codec;

import io.callstream.gateway.codec.Outcome.Decoded;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.schemas.EventJson;
import io.callstream.schemas.Reading;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;

/** Any text is decoded without an exception, and consumers read the same event from its record. */
final class CallbackFuzz {

    private static final CallbackDecoder DECODER = new CallbackDecoder(ZoneOffset.UTC);
    private static final Privacy MASK = new Privacy(false, Privacy.Numbers.MASK, null, true);

    private CallbackFuzz() {}

    /** The entry point that Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] data) {
        Outcome outcome = DECODER.decode(new String(data, StandardCharsets.UTF_8), Instant.EPOCH);
        if (outcome instanceof Decoded decoded) {
            roundTrip(decoded);
            roundTrip(MASK.applied(decoded));
        }
    }

    private static void roundTrip(Decoded decoded) {
        JournalRecord record = RecordEncoder.event(decoded, null);
        Reading read = EventJson.read(decoded.event().kind().type(), record.value());
        if (!decoded.event().equals(read)) {
            throw new AssertionError("Written as " + decoded.event() + ", read as " + read);
        }
    }
}
