package io.callstream.gateway.codec;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of the vendor's callbacks that the gateway reads. */
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

    /** The name in the vendor's documentation. */
    String label() {
        return label;
    }

    /**
     * Finds a field by its name and ignores case and blanks at the ends, because versions differ in spelling [seen].
     * Returns {@code null} for an unknown name.
     */
    static @Nullable VendorField named(String name) {
        VendorField field = BY_NAME.get(name);
        return field != null ? field : BY_NAME.get(SenderText.strip(name).toLowerCase(Locale.ROOT));
    }
}
