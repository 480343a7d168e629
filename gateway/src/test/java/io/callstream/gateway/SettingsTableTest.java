package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * Checks that the table in {@code deploy/README.md} contains every setting, with the default and the range that the
 * gateway uses.
 */
class SettingsTableTest {

    private static final List<String> CLASSES = List.of(
            "ingress.IngressProperties",
            "journal.JournalProperties",
            "relay.RelayProperties",
            "security.SecurityProperties",
            "security.PrivacyProperties",
            "tracing.TracingProperties");
    private static final Pattern ROW = Pattern.compile("\\| `(callstream\\.[a-z.-]+)` \\| ([^|]+) \\| ([^|]*)\\|");
    private static final Pattern LITERAL = Pattern.compile("`([^`]+)`");
    private static final Pattern RANGE = Pattern.compile("\\b(\\d+)([A-Za-z]*) to (\\d+)([A-Za-z]*)");
    private static final String STANDALONE = "callstream.standalone.";

    /** @param position the position of the record component that the setting is bound to */
    record Setting(String name, Class<?> type, int position) {

        String prefix() {
            return type.getAnnotation(ConfigurationProperties.class).value();
        }

        Optional<String> preset() {
            // The annotation belongs to the constructor's parameter, not to the component.
            return Arrays.stream(type.getDeclaredConstructors()[0].getParameters()[position].getAnnotations())
                    .filter(DefaultValue.class::isInstance)
                    // An empty list has no first value: the table says none.
                    .flatMap(annotation -> Arrays.stream(((DefaultValue) annotation).value()))
                    .findFirst();
        }

        void bind(String value) {
            new Binder(new MapConfigurationPropertySource(Map.of(name, value)))
                    .bindOrCreate(prefix(), Bindable.of(type));
        }
    }

    record Row(String preset, String meaning) {}

    private static Map<String, Setting> settings() throws ClassNotFoundException {
        Map<String, Setting> settings = new TreeMap<>();
        for (String name : CLASSES) {
            Class<?> type = Class.forName("io.callstream.gateway." + name);
            RecordComponent[] components = type.getRecordComponents();
            for (int position = 0; position < components.length; position++) {
                String setting =
                        type.getAnnotation(ConfigurationProperties.class).value()
                                + '.'
                                + components[position]
                                        .getName()
                                        .replaceAll("([A-Z])", "-$1")
                                        .toLowerCase(Locale.ROOT);
                settings.put(setting, new Setting(setting, type, position));
            }
        }
        return settings;
    }

    private static Map<String, Row> rows() throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("../deploy/README.md")));
        while (row.find()) {
            if (!row.group(1).startsWith(STANDALONE)) {
                rows.put(row.group(1), new Row(row.group(2).strip(), row.group(3)));
            }
        }
        return rows;
    }

    static Stream<Setting> all() throws ClassNotFoundException {
        return settings().values().stream();
    }

    @Test
    void everySettingIsInTheTable() throws Exception {
        assertThat(rows().keySet()).isEqualTo(settings().keySet());
    }

    @ParameterizedTest
    @MethodSource("all")
    void itsDefaultIsThatOfTheTable(Setting setting) throws Exception {
        String preset = rows().get(setting.name()).preset();
        Matcher literal = LITERAL.matcher(preset);
        if (setting.preset().isPresent()) {
            assertThat(literal.matches()).as(preset).isTrue();
            assertThat(literal.group(1)).isEqualTo(setting.preset().get());
        } else {
            // The table describes a computed default in words.
            assertThat(preset).matches("none|[^`].*|`[^`]+` on disk.*");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void itsRangeIsThatOfTheTable(Setting setting) throws Exception {
        Matcher range = RANGE.matcher(rows().get(setting.name()).meaning());
        Class<?> type = setting.type().getRecordComponents()[setting.position()].getType();
        boolean isBounded = range.find();
        assertThat(isBounded
                        || !List.of(DataSize.class, Duration.class, Integer.class, double.class)
                                .contains(type))
                .as("a range in the table")
                .isTrue();
        if (isBounded) {
            String least = range.group(1) + range.group(2);
            String most = range.group(3) + range.group(4);
            setting.bind(least);
            setting.bind(most);
            assertRefused(setting, next(most, 1));
            if (!range.group(1).equals("0")) {
                assertRefused(setting, next(least, -1));
            }
        }
    }

    private static void assertRefused(Setting setting, String value) {
        assertThatThrownBy(() -> setting.bind(value)).as(value).isInstanceOf(BindException.class);
    }

    /** Returns the next larger or smaller value, in the smallest unit. */
    private static String next(String value, int step) {
        if (value.endsWith("B")) {
            return DataSize.parse(value).toBytes() + step + "B";
        }
        return value.endsWith("s")
                ? DurationStyle.detectAndParse(value).toMillis() + step + "ms"
                : Integer.toString(Integer.parseInt(value) + step);
    }
}
