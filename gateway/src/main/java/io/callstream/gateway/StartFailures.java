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

/** What a start that fails for a reason in its surroundings says: what is wrong and how to mend it, and no more. */
final class StartFailures {

    private StartFailures() {}

    /** A setting that cannot be used. */
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static final class Setting extends AbstractFailureAnalyzer<InvalidConfigurationPropertyValueException> {

        @Override
        protected FailureAnalysis analyze(Throwable failure, InvalidConfigurationPropertyValueException cause) {
            String value = cause.getValue() == null ? "" : " is " + cause.getValue();
            return new FailureAnalysis(cause.getName() + value + ".", cause.getReason(), cause);
        }
    }

    /** A setting that is of another type than it should be. */
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

    /** A port that somebody else has. */
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

    /** Says it in one line, without the frame that Boot draws. */
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
