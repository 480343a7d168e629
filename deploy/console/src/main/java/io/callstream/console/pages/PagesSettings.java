package io.callstream.console.pages;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the pages are allowed and told.
 *
 * @param pages the most pages that follow the calls at a time
 * @param hosts names by which browsers may reach the console, besides loopback's
 * @param actions whether pages may send callbacks to the gateway
 * @param campaigns whether pages may play invented calls at the gateway
 * @param gateway the address at which this gateway takes callbacks, with its credential
 * @param kafka the bootstrap servers, for a test that follows its call into Kafka; {@code null} if Kafka needs a login,
 *     which that test does not have
 */
public record PagesSettings(
        int pages,
        List<String> hosts,
        boolean actions,
        boolean campaigns,
        Supplier<String> gateway,
        @Nullable String kafka) {}
