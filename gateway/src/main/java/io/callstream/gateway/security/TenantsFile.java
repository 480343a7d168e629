package io.callstream.gateway.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/**
 * The tenants file, a YAML file with {@code callstream.security.tenants}. It is read again whenever its content has
 * changed. A file that cannot be used is logged once, and the tenants of the last good one stay.
 *
 * <p>Not safe for several threads, except {@link #isValid}.
 */
final class TenantsFile {

    private static final Logger LOG = LoggerFactory.getLogger(TenantsFile.class);
    /** Everything in the file is below it. */
    static final String PREFIX = "callstream.security.tenants";

    private static final String SETTING = "callstream.security.tenants-file";
    private static final int LARGEST = 4 << 20;

    private final Path path;
    private byte @Nullable [] read;
    private volatile boolean valid = true;

    TenantsFile(Path path) {
        this.path = path;
    }

    /**
     * Reads the file for the first time.
     *
     * @throws InvalidConfigurationPropertyValueException with the setting, the mistake and the fix
     */
    Tenants load() {
        byte[] content = content();
        Tenants tenants = parse(content, null);
        read = content;
        return tenants;
    }

    /** Returns the tenants of a changed file; {@code null} if it has not changed, or cannot be used. */
    @Nullable
    Tenants changed(Tenants before) {
        byte[] content = null;
        try {
            content = content();
            if (Arrays.equals(content, read)) {
                return null;
            }
            read = content;
            Tenants tenants = parse(content, before);
            valid = true;
            LOG.info(
                    "The tenants file has changed and is in use: {} tenant(s).",
                    tenants.all().size());
            return tenants;
        } catch (InvalidConfigurationPropertyValueException e) {
            boolean isNew = valid || content != null;
            valid = false;
            read = content;
            if (isNew) {
                LOG.error(
                        "The tenants file {} cannot be used, so the tenants of its last good version stay. {} is {}. {}",
                        path,
                        e.getName(),
                        e.getValue(),
                        e.getReason());
            }
            return null;
        }
    }

    /** Whether the file as it is now is in use. */
    boolean isValid() {
        return valid;
    }

    private byte[] content() {
        try {
            if (Files.size(path) > LARGEST) {
                throw new InvalidConfigurationPropertyValueException(
                        SETTING, path, "The file is larger than %d bytes.".formatted(LARGEST));
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new InvalidConfigurationPropertyValueException(
                    SETTING, path, "The file cannot be read (%s).".formatted(e));
        }
    }

    private Tenants parse(byte[] content, @Nullable Tenants before) {
        MutablePropertySources sources = new MutablePropertySources();
        try {
            new YamlPropertySourceLoader()
                    .load("tenants", new ByteArrayResource(content))
                    .forEach(sources::addLast);
        } catch (IOException | RuntimeException e) {
            // The parser's message shows the line, which can contain a secret.
            throw new InvalidConfigurationPropertyValueException(SETTING, path, "The file is not valid YAML.");
        }
        for (PropertySource<?> source : sources) {
            for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
                if (!name.startsWith(PREFIX + '.')) {
                    throw new InvalidConfigurationPropertyValueException(
                            name, "in the tenants file", "Only %s belongs there.".formatted(PREFIX));
                }
            }
        }
        try {
            return new Tenants(
                    new Binder(ConfigurationPropertySources.from(sources))
                            .bind(
                                    PREFIX,
                                    Bindable.mapOf(String.class, TenantProperties.class),
                                    new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
                            .orElse(Map.of()),
                    before);
        } catch (BindException e) {
            if (e.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
                throw new InvalidConfigurationPropertyValueException(
                        unknown.getUnboundProperties()
                                .iterator()
                                .next()
                                .getName()
                                .toString(),
                        "unknown",
                        "deploy/README.md lists the settings of a tenant.");
            }
            // The value is left out, because it can be a secret.
            throw new InvalidConfigurationPropertyValueException(
                    e.getName().toString(), "not readable", "deploy/README.md shows how it is written.");
        }
    }
}
