package io.callstream.dialler;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One dialled number: its parties, its course, and its callbacks in the order of posting. */
final class Call {

    /** A bill's times are local times of the platform, UTC+8. */
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.ofHours(8));

    private static final String NEVER = "1970-01-01 08:00:00";

    enum Kind {
        RING,
        ANSWER,
        HANGUP,
        BILL
    }

    /** How a version of the platform writes its callbacks [seen]. */
    enum Dialect {
        DOCUMENTED,
        /** Numbers as strings, and strings as numbers. */
        RETYPED,
        /** Other names of fields, and additional fields. */
        RENAMED
    }

    /**
     * A callback of the call.
     *
     * @param customerLeg whether it reports the customer's leg; otherwise the agent's
     * @param due when to post it, in nanoseconds of the campaign's time
     */
    record Callback(Kind kind, boolean customerLeg, long due) {}

    /** Who takes part in the call, and the dialect of its callbacks. */
    record Parties(
            String uuid,
            String customersUuid,
            String company,
            String extension,
            String agent,
            String customer,
            String displayNumber,
            String member,
            Dialect dialect) {}

    /**
     * The course of the call.
     *
     * @param answered {@code null} if no agent answered
     */
    record Course(
            Instant dialled,
            @Nullable Instant answered,
            Instant ended,
            boolean agentRang,
            int hangupDirection,
            int hangupCause) {}

    private final long dialledAt;
    private final Parties parties;
    private final Course course;
    private final List<Callback> callbacks;
    private int next;

    /** @param dialledAt in nanoseconds of the campaign's time */
    Call(long dialledAt, Parties parties, Course course, List<Callback> callbacks) {
        this.dialledAt = dialledAt;
        this.parties = parties;
        this.course = course;
        this.callbacks = callbacks;
    }

    String uuid() {
        return parties.uuid();
    }

    long dialledAt() {
        return dialledAt;
    }

    boolean isOver() {
        return next == callbacks.size();
    }

    Callback next() {
        return callbacks.get(next);
    }

    void advance() {
        next++;
    }

    /** The callback's fields in this call's dialect. */
    Fields fields(Callback callback) {
        return callback.kind() == Kind.BILL ? bill() : status(callback);
    }

    private Fields status(Callback callback) {
        Fields fields = new Fields();
        boolean retyped = parties.dialect() == Dialect.RETYPED;
        fields.text("buuid", parties.customersUuid())
                .text("callee", parties.customer())
                .text("caller", parties.extension())
                .text("companycode", parties.company())
                .text("direction", "callout")
                .text("disnumber", parties.displayNumber())
                .text("extnumber", parties.extension())
                .text("isbleg", callback.customerLeg() ? "true" : "false")
                .numberOrText(retyped, "method", 5)
                .numberOrText(retyped, "starttime", course.dialled().getEpochSecond())
                .text("status", callback.kind().name().toLowerCase(Locale.ROOT))
                .text("type", "call")
                .text("uuid", parties.uuid());
        return fields;
    }

    private Fields bill() {
        Dialect dialect = parties.dialect();
        boolean number = dialect != Dialect.RETYPED;
        boolean renamed = dialect == Dialect.RENAMED;
        Instant answered = course.answered();
        long waited = seconds(course.dialled(), answered == null ? course.ended() : answered);
        long talked = answered == null ? 0 : seconds(answered, course.ended());
        boolean talks = talked > 0;
        Fields fields = new Fields();
        if (renamed) {
            fields.number("id", Math.abs((long) parties.uuid().hashCode()))
                    .text("taskid", "task-" + parties.company())
                    .number("round", 1);
        }
        fields.text("type", "callout")
                .numberOrText(number, "callmethod", 5)
                .text("starttime", LOCAL.format(course.dialled()))
                .text("answertime", answered != null ? LOCAL.format(answered) : renamed ? NEVER : "")
                .text("endtime", LOCAL.format(course.ended()))
                .numberOrText(number, "duration", waited)
                .numberOrText(number, "billsec", talked)
                .text(renamed ? "userid" : "crmid", talks ? parties.agent() : "0")
                .text("memberid", parties.member())
                .text("chengshudu", "0")
                .text("disnumber", parties.displayNumber())
                .text("destnumber", parties.customer())
                .text("extnumber", course.agentRang() ? parties.extension() : "000000")
                .text("recordfilename", talks ? parties.uuid() + ".mp3" : "")
                .text(renamed ? "downloadIp" : "downloadip", talks ? "192.0.2.10" : "")
                .numberOrText(number, renamed ? "hangupDirection" : "hangupdirection", course.hangupDirection())
                .numberOrText(number, renamed ? "hangupCause" : "hangupcause", course.hangupCause())
                .text("companycode", parties.company())
                .text("uuid", parties.uuid())
                .text("userkey", "")
                .text("customuuid", "0");
        return fields;
    }

    private static long seconds(Instant from, Instant to) {
        return to.getEpochSecond() - from.getEpochSecond();
    }
}
