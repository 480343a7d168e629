package io.callstream.gateway.security;

import io.callstream.gateway.codec.Privacy;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What is published and kept of a callback's phone numbers: {@code callstream.privacy}, and {@code privacy} of a tenant.
 *
 * @param vendor whether events contain the callback as the sender wrote it
 * @param numbers what events contain instead of phone numbers; if they do, {@code vendor} is empty
 * @param key the key of the pseudonyms, 32 characters or more
 * @param quarantine whether quarantined bytes are kept unchanged
 */
@ConfigurationProperties("callstream.privacy")
record PrivacyProperties(
        @DefaultValue("keep") Vendor vendor,
        @DefaultValue("keep") Privacy.Numbers numbers,
        @Nullable String key,
        @DefaultValue("keep") Quarantine quarantine) {

    private static final int SHORTEST_KEY = 32;

    enum Vendor {
        KEEP,
        DROP
    }

    enum Quarantine {
        KEEP,
        MASK
    }

    /**
     * Returns what these settings mean.
     *
     * @param prefix the name of this group of settings
     * @throws InvalidConfigurationPropertyValueException if the key is missing, too short or not needed
     */
    Privacy privacy(String prefix) {
        boolean needsKey = numbers == Privacy.Numbers.PSEUDONYM;
        if (needsKey && (key == null || key.length() < SHORTEST_KEY)) {
            throw new InvalidConfigurationPropertyValueException(
                    prefix + ".key",
                    key == null ? "missing" : "too short",
                    "Pseudonyms need a key of %d characters or more: callstream secret new makes one."
                            .formatted(SHORTEST_KEY));
        }
        if (!needsKey && key != null) {
            throw new InvalidConfigurationPropertyValueException(
                    prefix + ".key",
                    "set",
                    "Only numbers=pseudonym uses a key, and numbers is %s."
                            .formatted(numbers.name().toLowerCase(Locale.ROOT)));
        }
        return new Privacy(vendor == Vendor.DROP, numbers, key, quarantine == Quarantine.MASK);
    }

    /** The generated {@code toString} would print the key into logs. */
    @Override
    public String toString() {
        return "PrivacyProperties[vendor=%s, numbers=%s, quarantine=%s]".formatted(vendor, numbers, quarantine);
    }
}
