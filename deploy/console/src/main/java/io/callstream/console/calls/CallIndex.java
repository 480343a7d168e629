package io.callstream.console.calls;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The latest calls, by id and by the times of their last events. At its limit the call with the oldest last event
 * goes. A search looks at every call, about 10 ms for 100,000, so do not search on an event loop.
 * Thread-safe.
 */
public final class CallIndex {

    /** A list that is drawn every second looks at so many calls only, because a rare match would cost a whole search. */
    public static final int LATEST = 2000;

    private static final int LEAST_DIGITS = 7;

    private record Place(long change, CallRow call) {}

    private static final Comparator<Place> LATEST_LAST =
            Comparator.comparing((Place place) -> place.call().updatedAt()).thenComparingLong(Place::change);

    private final int limit;
    private final Map<String, Place> byId = new HashMap<>();
    private final TreeSet<Place> byTime = new TreeSet<>(LATEST_LAST);
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
            byTime.remove(known);
        }
        Place place = new Place(++changes, call);
        byId.put(call.id(), place);
        byTime.add(place);
        if (byTime.size() > limit) {
            byId.remove(byTime.first().call().id());
            byTime.remove(byTime.first());
        }
    }

    /** The call is forgotten or erased. */
    public synchronized void remove(String id) {
        Place known = byId.remove(id);
        if (known != null) {
            byTime.remove(known);
        }
    }

    public synchronized void clear() {
        byId.clear();
        byTime.clear();
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
        for (Place place : byTime.descendingSet()) {
            CallRow call = place.call();
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
        for (Place place : byTime.descendingSet()) {
            CallRow call = place.call();
            if (call.company() != null && last.size() < most) {
                last.putIfAbsent(call.company(), call.updatedAt());
            }
        }
        return last;
    }

    /**
     * Returns the calls that match the filter and whose id begins with the text, whose extension contains it, whose agent
     * it is, or whose customer's number ends with it, the latest first. Fewer than {@value #LEAST_DIGITS} characters find
     * no number: with one more each time, somebody could find out a number that is masked.
     *
     * @param text what to look for, in any case; empty finds all
     */
    public synchronized List<CallRow> find(String text, CallFilter filter, int most) {
        List<CallRow> found = new ArrayList<>();
        for (Place place : byTime.descendingSet()) {
            CallRow call = place.call();
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
                || (call.customer() != null && isNumber(call.customer(), text))
                || (call.extension() != null && call.extension().contains(text))
                || (call.agent() != null && call.agent().equalsIgnoreCase(text));
    }

    private static boolean isNumber(String number, String text) {
        return number.equals(text) || (text.length() >= LEAST_DIGITS && number.endsWith(text));
    }
}
