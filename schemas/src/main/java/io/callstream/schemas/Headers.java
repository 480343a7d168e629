package io.callstream.schemas;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The names of the record headers. Every value is UTF-8 text. The headers {@code ce_*} are those of CloudEvents 1.0 in
 * the binary content mode of its Kafka binding.
 */
public final class Headers {

    /** The version of CloudEvents: {@code 1.0}. */
    public static final String CE_SPECVERSION = "ce_specversion";

    /**
     * A hash of the callback's canonical JSON, 32 hexadecimal digits. A repeat of the callback has the same on any
     * gateway; a corrected bill has another.
     */
    public static final String CE_ID = "ce_id";

    /** {@code /callstream/{company code}}, percent-encoded; {@code /callstream} if the callback has no company code. */
    public static final String CE_SOURCE = "ce_source";

    /** The event's kind and the major version of its schema, see {@link EventKind#type()}. */
    public static final String CE_TYPE = "ce_type";

    /** The same time as {@link Event#receivedAt()}, ISO-8601 in UTC. */
    public static final String CE_TIME = "ce_time";

    /** The record's key: the id of the call or task. */
    public static final String CE_SUBJECT = "ce_subject";

    /** The record's key, by the name of CloudEvents' partitioning extension. */
    public static final String CE_PARTITIONKEY = "ce_partitionkey";

    /** {@code application/json} for an event; in quarantine, the request's {@code Content-Type}, if present. */
    public static final String CONTENT_TYPE = "content-type";

    /** {@code {journal id}:{sequence}}. Two records have the same value only if the gateway wrote one of them again. */
    public static final String ORIGIN = "callstream-origin";

    /** The W3C trace context of the record's creation; absent unless the gateway traces. */
    public static final String TRACEPARENT = "traceparent";

    /** The id of a quarantined record, a UUID. The answer to the sender contains it. */
    public static final String QUARANTINE_ID = "callstream-quarantine-id";

    /** Why the record is in quarantine, as a code such as {@code no-call-id}. Codes may be added. */
    public static final String REASON = "callstream-reason";

    /** Why the record is in quarantine, as a sentence that names the cause. */
    public static final String EXPLANATION = "callstream-explanation";

    /** When the gateway read the quarantined body, ISO-8601 in UTC. */
    public static final String RECEIVED_AT = "callstream-received-at";

    /** The path that the quarantined body was posted to, without the secret. */
    public static final String PATH = "callstream-path";

    /**
     * The tenant that posted the callback, by its credential. Events have it only if the gateway has tenants; quarantined
     * records always do.
     */
    public static final String TENANT = "callstream-tenant";

    /** The {@code Content-Encoding} of the quarantined request, if present. */
    public static final String CONTENT_ENCODING = "content-encoding";

    /** The query of the quarantined request, if present; the secret is replaced by {@code ***}. */
    public static final String QUERY = "callstream-query";

    /** The charset of one quarantined item. A record without this header contains the whole body. */
    public static final String CHARSET = "callstream-charset";

    /**
     * {@code true} if the gateway has replaced every digit of the quarantined bytes, so that they cannot be posted again.
     * Otherwise the record does not have this header.
     */
    public static final String MASKED = "callstream-masked";

    private Headers() {}

    /**
     * Returns the value of {@link #CE_SOURCE}: a URI reference, which CloudEvents requires.
     *
     * @param companyCode the dialler's code of the company; {@code null} if unknown
     * @return {@code /callstream/{company code}}, percent-encoded; {@code /callstream} if there is no code
     */
    public static String source(@Nullable String companyCode) {
        return companyCode == null
                ? "/callstream"
                : "/callstream/"
                        + URLEncoder.encode(companyCode, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
