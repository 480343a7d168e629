package io.callstream.gateway.codec;

import static io.callstream.gateway.codec.VendorField.*;

import io.callstream.gateway.codec.Outcome.Decoded;
import io.callstream.gateway.codec.Outcome.Rejection;
import io.callstream.gateway.codec.Outcome.Rejection.Reason;
import io.callstream.schemas.BillEvent;
import io.callstream.schemas.CallEvent;
import io.callstream.schemas.EventKind;
import io.callstream.schemas.Leg;
import io.callstream.schemas.StatusEvent;
import io.callstream.schemas.TaskEvent;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a callback's text into the event that it tells, or into the reason why that cannot be known. Nothing is guessed:
 * what is odd but readable is published with a warning, what is not readable is left out with a warning, and without an
 * id, or without being one whole JSON object, a callback is rejected.
 *
 * <p>Safe for any number of threads.
 */
public final class CallbackDecoder {

    private static final Map<String, EventKind> STATUSES =
            Map.of("ring", EventKind.RING, "answer", EventKind.ANSWER, "hangup", EventKind.HANGUP);

    /** Only a bill has these. */
    private static final Set<VendorField> BILL_MARKS =
            EnumSet.of(CALLMETHOD, ANSWERTIME, ENDTIME, BILLSEC, DESTNUMBER, HANGUPDIRECTION, HANGUPCAUSE);

    /** Every bill has these, and only a bill; the others of its fields may yet come with a status. */
    private static final Set<VendorField> SURE_BILL_MARKS = EnumSet.of(CALLMETHOD, BILLSEC);

    /** Only a status of a call has these. */
    private static final Set<VendorField> STATUS_MARKS = EnumSet.of(CALLER, CALLEE, ISBLEG);

    private final ZoneId zone;

    /** @param zone where a bill's local times are local; the callback does not say */
    public CallbackDecoder(ZoneId zone) {
        this.zone = zone;
    }

    /**
     * Decodes one callback.
     *
     * @param text the callback as the sender wrote it: a JSON object, or a JSON string holding one
     * @param receivedAt becomes the event's own
     */
    public Outcome decode(String text, Instant receivedAt) {
        VendorObject.Reading reading = VendorObject.read(text);
        if (reading instanceof VendorObject.Reading.Failed failed) {
            return failed.rejection();
        }
        return decode(((VendorObject.Reading.Whole) reading).object(), receivedAt);
    }

    private Outcome decode(VendorObject callback, Instant receivedAt) {
        FieldReader fields = new FieldReader(callback, zone);
        EventKind kind = kind(callback);
        String uuid = fields.id(VendorId.NONE, UUID);
        String buuid = fields.id(VendorId.NONE, BUUID);
        String callId = uuid != null ? uuid : buuid;
        if (callId == null) {
            return withoutCall(callback, fields, kind, receivedAt);
        }
        if (uuid == null) {
            fields.warn(UUID, "missing, buuid stands in");
        }
        CallEvent event = kind == EventKind.BILL
                ? bill(callback, fields, callId, receivedAt)
                : status(callback, fields, kind, callId, uuid, buuid, receivedAt);
        return new Decoded(event, callback.id());
    }

    /**
     * The payload says what it is; the address that it came to says nothing [seen: both kinds come to either]. What has a
     * status is a status, unless it has what every bill has and nothing that only a status has.
     */
    private static EventKind kind(VendorObject callback) {
        String status = callback.get(STATUS) instanceof VendorObject.Scalar scalar
                ? SenderText.strip(scalar.text()).toLowerCase(Locale.ROOT)
                : "";
        if (!status.isEmpty() && (callback.hasAny(STATUS_MARKS) || !callback.hasAny(SURE_BILL_MARKS))) {
            return STATUSES.getOrDefault(status, EventKind.UNCLASSIFIED);
        }
        return callback.hasAny(BILL_MARKS) ? EventKind.BILL : EventKind.UNCLASSIFIED;
    }

    /** A task reports on the same address [seen]; a call that lost its ids is no task. */
    private static Outcome withoutCall(VendorObject callback, FieldReader fields, EventKind kind, Instant receivedAt) {
        String taskId = fields.id(VendorId.NONE, TASKID);
        if (taskId == null || kind != EventKind.UNCLASSIFIED || callback.hasAny(STATUS_MARKS)) {
            return new Rejection(
                    Reason.NO_CALL_ID,
                    "The call is not known: uuid and buuid are both missing, empty, a placeholder (0, null, undefined) or not readable"
                            + " text. Send at least one of them.");
        }
        return new Decoded(
                new TaskEvent(
                        taskId,
                        EventKind.TASK,
                        receivedAt,
                        fields.id(List.of(), COMPANYCODE),
                        callback.json(),
                        fields.warnings(),
                        Map.of()),
                callback.id());
    }

    private static StatusEvent status(
            VendorObject callback,
            FieldReader fields,
            EventKind kind,
            String callId,
            @Nullable String uuid,
            @Nullable String buuid,
            Instant receivedAt) {
        if (kind == EventKind.UNCLASSIFIED) {
            String status = fields.text(STATUS);
            fields.warn(STATUS, status == null ? "missing" : "unknown: " + '"' + SenderText.excerpt(status) + '"');
        }
        Leg leg = fields.isTrue(ISBLEG) ? new Leg(buuid, Leg.Side.B, Map.of()) : new Leg(uuid, Leg.Side.A, Map.of());
        return new StatusEvent(
                callId,
                kind,
                receivedAt,
                fields.id(List.of(), COMPANYCODE),
                fields.instant(STARTTIME),
                fields.direction(DIRECTION, TYPE),
                fields.method(METHOD),
                fields.textUnless(FieldReader.NO_EXTENSION, EXTNUMBER),
                fields.number(DISNUMBER),
                fields.number(CALLER),
                fields.number(CALLEE),
                leg,
                callback.json(),
                fields.warnings(),
                Map.of());
    }

    private static BillEvent bill(VendorObject callback, FieldReader fields, String callId, Instant receivedAt) {
        Long talkSeconds = fields.seconds(BILLSEC);
        return new BillEvent(
                callId,
                EventKind.BILL,
                receivedAt,
                fields.id(List.of(), COMPANYCODE),
                fields.instant(STARTTIME),
                fields.instant(ANSWERTIME),
                fields.instant(ENDTIME),
                talkSeconds == null ? null : talkSeconds > 0,
                fields.seconds(DURATION),
                talkSeconds,
                fields.direction(TYPE, DIRECTION),
                fields.method(CALLMETHOD),
                agent(fields),
                fields.textUnless(FieldReader.NO_EXTENSION, EXTNUMBER),
                fields.number(DISNUMBER),
                fields.number(DESTNUMBER),
                hangup(fields),
                recording(fields),
                custom(fields),
                fields.text(USERKEY),
                callback.json(),
                fields.warnings(),
                Map.of());
    }

    /** [seen] Newer payloads call the {@code crmid} {@code userid}. */
    private static @Nullable String agent(FieldReader fields) {
        String crmId = fields.textUnless(VendorId.NONE, CRMID);
        return crmId != null ? crmId : fields.textUnless(VendorId.NONE, USERID);
    }

    private static BillEvent.@Nullable Hangup hangup(FieldReader fields) {
        Long direction = fields.code(HANGUPDIRECTION);
        Long cause = fields.code(HANGUPCAUSE);
        return direction == null && cause == null
                ? null
                : new BillEvent.Hangup(
                        direction, HangupCodes.text(direction), cause, HangupCodes.text(cause), Map.of());
    }

    private static BillEvent.@Nullable Recording recording(FieldReader fields) {
        String fileName = fields.text(RECORDFILENAME);
        String host = fields.text(DOWNLOADIP);
        return fileName == null && host == null ? null : new BillEvent.Recording(fileName, host, Map.of());
    }

    private static BillEvent.@Nullable Custom custom(FieldReader fields) {
        String memberId = fields.textUnless(VendorId.NONE, MEMBERID);
        String chengshudu = fields.textUnless(VendorId.NONE, CHENGSHUDU);
        String customUuid = fields.textUnless(VendorId.NONE, CUSTOMUUID);
        return memberId == null && chengshudu == null && customUuid == null
                ? null
                : new BillEvent.Custom(memberId, chengshudu, customUuid, Map.of());
    }
}
