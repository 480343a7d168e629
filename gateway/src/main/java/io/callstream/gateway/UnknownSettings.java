package io.callstream.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stops the start if a {@code callstream.*} setting is unknown. A misspelt limit or secret would otherwise be ignored
 * without an error. The known settings are in the metadata that Spring's configuration processor generates from the
 * packages' properties.
 */
final class UnknownSettings implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final String PREFIX = "callstream.";
    private static final Pattern SERVICE_VARIABLE =
            Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\\d+_.*)?)");

    /** The end of the name of a setting whose keys are the user's own. */
    private static final String ANY = ".*";

    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        Set<String> known = known();
        Set<String> spellings = known.stream().map(UnknownSettings::letters).collect(Collectors.toSet());
        List<String> maps = known.stream()
                .filter(name -> name.endsWith(ANY))
                .map(UnknownSettings::letters)
                .toList();
        Set<String> rooms = known.stream()
                .map(name -> letters(name.substring(0, name.lastIndexOf('.'))))
                .collect(Collectors.toSet());
        for (PropertySource<?> source : context.getEnvironment().getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                boolean variables =
                        source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
                for (String name : enumerable.getPropertyNames()) {
                    String spelling = letters(name);
                    // Kubernetes sets variables for each service: CALLSTREAM_SERVICE_HOST is not a setting.
                    boolean ours = variables
                            ? name.startsWith("CALLSTREAM_")
                                    && rooms.stream().anyMatch(spelling::startsWith)
                                    && !SERVICE_VARIABLE.matcher(name).matches()
                            : name.startsWith(PREFIX);
                    if (ours && !spellings.contains(spelling) && maps.stream().noneMatch(spelling::startsWith)) {
                        throw new InvalidConfigurationPropertyValueException(
                                name,
                                null,
                                "No such setting is known; there are "
                                        + String.join(", ", neighbours(name, known))
                                        + ".");
                    }
                }
            }
        }
    }

    /** Returns the known settings with the same prefix; all settings if there is none. */
    private static List<String> neighbours(String name, Set<String> known) {
        List<String> all = known.stream().sorted().toList();
        List<String> near = all.stream()
                .filter(other -> letters(name).startsWith(letters(other.substring(0, other.lastIndexOf('.')))))
                .toList();
        return near.isEmpty() ? all : near;
    }

    /**
     * Returns the letters and digits of a name, in lower case. All spellings of a name share them: those in files,
     * arguments and environment variables.
     */
    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private static Set<String> known() {
        Set<String> names = new HashSet<>();
        try {
            for (URL metadata :
                    Collections.list(UnknownSettings.class.getClassLoader().getResources(METADATA))) {
                try (InputStream json = metadata.openStream()) {
                    for (JsonNode property : JsonMapper.shared().readTree(json).path("properties")) {
                        String name = property.path("name").asString();
                        if (name.startsWith(PREFIX)) {
                            boolean isMap = property.path("type").asString("").startsWith("java.util.Map");
                            names.add(isMap ? name + ANY : name);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }
}
