package io.callstream.gateway.codec;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of the vendor's callbacks that mean something to us. */
enum VendorField {
    UUID,
    BUUID,
    TASKID,
    COMPANYCODE,
    STATUS,
    TYPE,
    DIRECTION,
    METHOD,
    CALLMETHOD,
    ISBLEG,
    CALLER,
    CALLEE,
    DISNUMBER,
    DESTNUMBER,
    EXTNUMBER,
    STARTTIME,
    ANSWERTIME,
    ENDTIME,
    DURATION,
    BILLSEC,
    CRMID,
    USERID,
    MEMBERID,
    CHENGSHUDU,
    CUSTOMUUID,
    RECORDFILENAME,
    DOWNLOADIP,
    HANGUPDIRECTION,
    HANGUPCAUSE,
    USERKEY;

    private static final Map<String, VendorField> BY_NAME = new HashMap<>();

    static {
        for (VendorField field : values()) {
            BY_NAME.put(field.label(), field);
        }
    }

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name as the vendor documents it. */
    String label() {
        return label;
    }

    /** The field of that name, in whatever case and between whatever blanks: [seen] versions spell differently. */
    static @Nullable VendorField named(String name) {
        VendorField field = BY_NAME.get(name);
        return field != null ? field : BY_NAME.get(SenderText.strip(name).toLowerCase(Locale.ROOT));
    }
}
