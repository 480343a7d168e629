package io.callstream.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call has statuses, and no bill has come for hours: the bill is probably lost, ask the dialler for it. A bill that
 * comes later is published with {@link Timeline#late()}.
 *
 * @param callId see {@link CallEvent#callId()}; never {@code null}
 * @param companyCode the dialler's code of the company (tenant); {@code null} if unknown
 * @param lastReceivedAt when the gateway read the call's last callback, UTC; never {@code null}
 * @param timeline the orphan's place in the call's timeline; never {@code null}
 * @param unknown see {@link Event#unknown()}; never {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder("callId")
public record OrphanEvent(
        @Required String callId,
        @Nullable String companyCode,
        @Required Instant lastReceivedAt,
        @Required Timeline timeline,
        @Unknown Map<String, RawJson> unknown)
        implements TimelineReading {

    /** The CloudEvents type of an orphan. */
    public static final String TYPE = "io.callstream.call.orphan.v1";

    /**
     * Creates a value.
     *
     * @param callId see {@link #callId()}
     * @param companyCode see {@link #companyCode()}
     * @param lastReceivedAt see {@link #lastReceivedAt()}
     * @param timeline see {@link #timeline()}
     * @param unknown see {@link #unknown()}; it is copied
     * @throws NullPointerException if {@code unknown} is {@code null}
     */
    public OrphanEvent {
        unknown = Map.copyOf(unknown);
    }
}
