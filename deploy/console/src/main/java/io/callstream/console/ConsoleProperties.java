package io.callstream.console;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The settings of the console.
 *
 * @param enabled whether the console is served
 * @param actions whether pages may post to the gateway: a refused callback again, a test call
 * @param campaigns whether pages may play invented calls at the gateway
 * @param calls the most calls that are kept in memory to be searched. 1000 to 1000000.
 * @param pages the most pages that follow the calls at a time. 1 to 200.
 * @param hosts names, besides loopback's and IP addresses, by which browsers may reach the console
 * @param gateway the address at which this gateway takes callbacks, with its credential if it needs one; used by
 *     actions only. The default is the gateway's own port on 127.0.0.1.
 * @param kafka settings of the console's Kafka clients that differ from {@code spring.kafka.*}: a login of its own,
 *     because the gateway's user need not read calls
 */
@ConfigurationProperties(prefix = "callstream.console", ignoreUnknownFields = false)
public record ConsoleProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("false") boolean actions,
        @DefaultValue("false") boolean campaigns,
        @DefaultValue("100000") int calls,
        @DefaultValue("100") int pages,
        @DefaultValue List<String> hosts,
        @Nullable URI gateway,
        @DefaultValue Map<String, String> kafka) {

    /** Checks the ranges. */
    public ConsoleProperties {
        check("calls", calls, 1000, 1_000_000);
        check("pages", pages, 1, 200);
        hosts = List.copyOf(hosts);
        kafka = Map.copyOf(kafka);
    }

    /** Without the credentials. */
    @Override
    public String toString() {
        return "ConsoleProperties[enabled=%s, actions=%s, calls=%d]".formatted(enabled, actions, calls);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.console." + name, value, "Set it between %d and %d.".formatted(least, most));
        }
    }
}
