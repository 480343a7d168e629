package io.callstream.console.calls;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The latest calls, by id and by the order of their last changes. At its limit the call that has not changed for the
 * longest time goes. A search looks at every call, about 10 ms for 100,000, so do not search on an event loop.
 * Thread-safe.
 */
public final class CallIndex {

    /** A list that is drawn every second looks at so many calls only, because a rare match would cost a whole search. */
    private static final int LATEST = 2000;

    private record Place(long change, CallRow call) {}

    private final int limit;
    private final Map<String, Place> byId = new HashMap<>();
    private final TreeMap<Long, CallRow> byChange = new TreeMap<>();
    private long changes;

    /** @param limit the most calls */
    public CallIndex(int limit) {
        this.limit = limit;
    }

    /** Takes the call over, unless a later state of it is known. */
    public synchronized void put(CallRow call) {
        Place known = byId.get(call.id());
        if (known != null) {
            if (known.call().sequence() > call.sequence()) {
                return;
            }
            byChange.remove(known.change());
        }
        byId.put(call.id(), new Place(++changes, call));
        byChange.put(changes, call);
        if (byId.size() > limit) {
            byId.remove(byChange.pollFirstEntry().getValue().id());
        }
    }

    /** The call is forgotten or erased. */
    public synchronized void remove(String id) {
        Place known = byId.remove(id);
        if (known != null) {
            byChange.remove(known.change());
            changes++;
        }
    }

    public synchronized void clear() {
        byId.clear();
        byChange.clear();
        changes++;
    }

    /** The number of changes so far: a list that was drawn at the same number is still right. */
    public synchronized long changes() {
        return changes;
    }

    public synchronized int size() {
        return byId.size();
    }

    public synchronized @Nullable CallRow get(String id) {
        Place known = byId.get(id);
        return known == null ? null : known.call();
    }

    /** Returns the matching ones among the {@value #LATEST} calls that changed last, the latest first. */
    public synchronized List<CallRow> latest(CallFilter filter, int most) {
        List<CallRow> found = new ArrayList<>(most);
        int looks = 0;
        for (CallRow call : byChange.descendingMap().values()) {
            if (found.size() == most || ++looks > LATEST) {
                break;
            }
            if (filter.matches(call)) {
                found.add(call);
            }
        }
        return found;
    }

    /** Returns when a call of each company last changed, the latest first. Looks at every call, as a search does. */
    public synchronized Map<String, Instant> lastByCompany(int most) {
        Map<String, Instant> last = new LinkedHashMap<>();
        for (CallRow call : byChange.descendingMap().values()) {
            if (call.company() != null && last.size() < most) {
                last.putIfAbsent(call.company(), call.updatedAt());
            }
        }
        return last;
    }

    /**
     * Returns the calls that match the filter and whose id begins with the text, whose customer's number or extension
     * contains it, or whose agent it is, the latest first.
     *
     * @param text what to look for, in any case; empty finds all
     */
    public synchronized List<CallRow> find(String text, CallFilter filter, int most) {
        List<CallRow> found = new ArrayList<>();
        for (CallRow call : byChange.descendingMap().values()) {
            if (found.size() == most) {
                break;
            }
            if (filter.matches(call) && isFoundBy(call, text)) {
                found.add(call);
            }
        }
        return found;
    }

    private static boolean isFoundBy(CallRow call, String text) {
        return call.id().regionMatches(true, 0, text, 0, text.length())
                || contains(call.customer(), text)
                || contains(call.extension(), text)
                || (call.agent() != null && call.agent().equalsIgnoreCase(text));
    }

    private static boolean contains(@Nullable String where, String what) {
        return where != null && where.contains(what);
    }
}
