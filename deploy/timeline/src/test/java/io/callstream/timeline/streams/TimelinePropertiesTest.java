package io.callstream.timeline.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class TimelinePropertiesTest {

    @EnableConfigurationProperties(TimelineProperties.class)
    static class Settings {}

    private final ApplicationContextRunner application =
            new ApplicationContextRunner().withUserConfiguration(Settings.class);

    @Test
    void whatIsSetIsUsed() {
        application
                .withPropertyValues("callstream.timeline.wait-for=5s", "callstream.timeline.companies.2028=acme.calls")
                .run(context -> {
                    TimelineProperties properties = context.getBean(TimelineProperties.class);
                    assertThat(properties.waitFor()).isEqualTo(Duration.ofSeconds(5));
                    assertThat(properties.companies()).containsEntry("2028", "acme.calls");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "callstream.timeline.wait-four=5s, wait-four",
        "callstream.timeline.wait-for=61s, Set it between 0s and 60s.",
        "callstream.timeline.retention=1m, Set it between 1h and 30d.",
        "callstream.timeline.max-size=1MB, Set it between 16MB and 1TB."
    })
    void aMistakeStopsTheStartAndIsNamed(String setting, String named) {
        application
                .withPropertyValues(setting)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .satisfies(failure -> assertThat(failure.toString()).contains(named)));
    }
}
