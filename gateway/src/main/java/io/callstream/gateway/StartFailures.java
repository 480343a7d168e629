package io.callstream.gateway;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Explains a start that fails because of its configuration or environment: one line with the cause and the fix. */
final class StartFailures {

    private StartFailures() {}

    /** A setting has a value that is not allowed. */
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static final class Setting extends AbstractFailureAnalyzer<InvalidConfigurationPropertyValueException> {

        @Override
        protected FailureAnalysis analyze(Throwable failure, InvalidConfigurationPropertyValueException cause) {
            String value = cause.getValue() == null ? "" : " is " + cause.getValue();
            return new FailureAnalysis(cause.getName() + value + ".", cause.getReason(), cause);
        }
    }

    /** The value of a setting cannot be converted to the setting's type. */
    @Order(Ordered.HIGHEST_PRECEDENCE + 1)
    static final class Unreadable extends AbstractFailureAnalyzer<BindException> {

        @Override
        protected @Nullable FailureAnalysis analyze(Throwable failure, BindException cause) {
            ConfigurationProperty property = cause.getProperty();
            if (property == null) {
                return null;
            }
            Throwable root = cause;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return new FailureAnalysis(
                    "%s is \"%s\".".formatted(property.getName(), property.getValue()),
                    "That is no %s: %s."
                            .formatted(cause.getTarget().getType().toClass().getSimpleName(), root.getMessage()),
                    cause);
        }
    }

    /** A port is already in use. */
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static final class Port extends AbstractFailureAnalyzer<PortInUseException> {

        private final Environment environment;

        Port(Environment environment) {
            this.environment = environment;
        }

        @Override
        protected FailureAnalysis analyze(Throwable failure, PortInUseException cause) {
            String port = Integer.toString(cause.getPort());
            String key = port.equals(environment.getProperty("management.server.port"))
                    ? "management.server.port"
                    : "server.port";
            return new FailureAnalysis(
                    "Port %s is taken.".formatted(port), "Choose another with --%s=<port>.".formatted(key), cause);
        }
    }

    /** Prints the failure to standard error in one line, without the frame that Spring Boot draws. */
    static final class Reporter implements FailureAnalysisReporter {

        @Override
        public void report(FailureAnalysis analysis) {
            System.err.println(oneLine("Callstream did not start: " + analysis.getDescription())
                    + ' '
                    + oneLine(analysis.getAction()));
        }

        private static String oneLine(@Nullable String text) {
            return text == null ? "" : text.strip().replaceAll("\\s+", " ");
        }
    }
}
