package io.callstream.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callstream.console.calls.CallIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class ConsolePropertiesTest {

    @EnableConfigurationProperties(ConsoleProperties.class)
    static class Context {}

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Context.class);

    @Test
    void theGuideHasEachSettingWithItsDefault() throws IOException {
        String guide = Files.readString(Path.of("README.md"));
        runner.run(context -> {
            ConsoleProperties defaults = context.getBean(ConsoleProperties.class);
            assertThat(guide)
                    .contains(
                            "| `callstream.console.enabled` | `%s` |".formatted(defaults.enabled()),
                            "| `callstream.console.actions` | `%s` |".formatted(defaults.actions()),
                            "| `callstream.console.campaigns` | `%s` |".formatted(defaults.campaigns()),
                            "| `callstream.console.calls` | `%d` |".formatted(defaults.calls()),
                            "| `callstream.console.pages` | `%d` |".formatted(defaults.pages()),
                            "| `callstream.console.hosts` | none |",
                            "| `callstream.console.gateway` | the gateway's own port",
                            "| `callstream.console.kafka[NAME]` | `spring.kafka.*` |");
            assertThat(defaults.hosts()).isEmpty();
            assertThat(defaults.gateway()).isNull();
            assertThat(defaults.kafka()).isEmpty();
        });
        assertThat(ConsoleProperties.class.getRecordComponents()).hasSize(8);
    }

    @Test
    void kafkasSettingsKeepTheirNames() {
        runner.withPropertyValues("callstream.console.kafka[sasl.jaas.config]=x y")
                .run(context -> assertThat(
                                context.getBean(ConsoleProperties.class).kafka())
                        .isEqualTo(Map.of("sasl.jaas.config", "x y")));
    }

    @ParameterizedTest
    @CsvSource({"calls, 999", "calls, 1000001", "pages, 0", "pages, 201", "page, 5"})
    void aValueOutOfRangeAndAnUnknownSettingStopTheStart(String name, String value) {
        runner.withPropertyValues("callstream.console." + name + "=" + value)
                .run(context -> assertThatThrownBy(() -> context.getBean(ConsoleProperties.class))
                        .isInstanceOf(IllegalStateException.class));
    }

    @Test
    void oneSettingSwitchesItOff() {
        new ApplicationContextRunner()
                .withUserConfiguration(ConsoleConfiguration.class)
                .withPropertyValues("callstream.console.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(CallIndex.class));
    }
}
