package io.callstream.schemas;

/** The record headers' names; every value is UTF-8 text. */
public final class Headers {

    // CloudEvents 1.0, binary content mode of its Kafka binding; ce_partitionkey is its partitioning extension.
    public static final String CE_SPECVERSION = "ce_specversion";
    /** Hash of the callback's canonical JSON: the same for a repeat, on whichever gateway it comes in. */
    public static final String CE_ID = "ce_id";

    public static final String CE_SOURCE = "ce_source";
    public static final String CE_TYPE = "ce_type";
    public static final String CE_TIME = "ce_time";
    public static final String CE_SUBJECT = "ce_subject";
    public static final String CE_PARTITIONKEY = "ce_partitionkey";
    public static final String CONTENT_TYPE = "content-type";

    /** {@code {journal id}:{sequence}}; two records share it only when the gateway repeated itself. */
    public static final String ORIGIN = "callstream-origin";

    /** Names this one record of the quarantine; the sender was told it. */
    public static final String QUARANTINE_ID = "callstream-quarantine-id";
    /** Why, as a code. */
    public static final String REASON = "callstream-reason";
    /** Why, as a sentence. */
    public static final String EXPLANATION = "callstream-explanation";

    public static final String RECEIVED_AT = "callstream-received-at";
    /** The address that it came to, without its secret. */
    public static final String PATH = "callstream-path";

    public static final String TENANT = "callstream-tenant";

    /** The request's content encoding, where it declared one. */
    public static final String CONTENT_ENCODING = "content-encoding";

    /** The address' query, where it had one. */
    public static final String QUERY = "callstream-query";

    /** The charset of an isolated item; a record without it holds the whole body. */
    public static final String CHARSET = "callstream-charset";

    private Headers() {}
}
