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
 * Decodes a callback's text into an event, or into the reason why it cannot be decoded. The decoder never guesses. A
 * value that is odd but readable is published with a warning. A value that is not readable is left out, with a warning.
 * A callback without an id, or that is not one complete JSON object, is rejected.
 *
 * <p>Safe for any number of threads.
 */
public final class CallbackDecoder {

    private static final Map<String, EventKind> STATUSES =
            Map.of("ring", EventKind.RING, "answer", EventKind.ANSWER, "hangup", EventKind.HANGUP);

    /** The fields of a bill. A status can contain some of them too, except {@link #SURE_BILL_MARKS}. */
    private static final Set<VendorField> BILL_MARKS =
            EnumSet.of(CALLMETHOD, ANSWERTIME, ENDTIME, BILLSEC, DESTNUMBER, HANGUPDIRECTION, HANGUPCAUSE);

    /** Every bill has these fields, and no other callback has them. */
    private static final Set<VendorField> SURE_BILL_MARKS = EnumSet.of(CALLMETHOD, BILLSEC);

    /** Only the status of a call has these fields. */
    private static final Set<VendorField> STATUS_MARKS = EnumSet.of(CALLER, CALLEE, ISBLEG);

    private final ZoneId zone;

    /** @param zone the time zone of a bill's local times; the callback does not name it */
    public CallbackDecoder(ZoneId zone) {
        this.zone = zone;
    }

    /**
     * Decodes one callback.
     *
     * @param text the callback as the sender wrote it: a JSON object, or a JSON string that contains one
     * @param receivedAt the event's time of receipt
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
     * The payload decides the kind. The address does not: senders post both kinds to either address [seen]. A callback
     * with a {@code status} is a status, unless it has a field that every bill has and none that only a status has.
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

    /** Tasks are reported on the same address as calls [seen]. A call without its ids must not become a task. */
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

    /** Newer payloads name the {@code crmid} {@code userid} [seen]. */
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
