package io.callstream.gateway.tracing;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Where traces go, and how many.
 *
 * @param endpoint the URL of an OpenTelemetry collector that takes traces as OTLP over HTTP, such as
 *     {@code http://127.0.0.1:4318/v1/traces}. By default nothing is traced.
 * @param sampling the part of the requests that are traced, 0 to 1. A request with a W3C trace context is traced if its
 *     sender traces it.
 */
@ConfigurationProperties("callstream.tracing")
record TracingProperties(
        @Nullable URI endpoint, @DefaultValue("1") double sampling) {

    TracingProperties {
        if (endpoint != null
                && (endpoint.getHost() == null
                        || !("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme())))) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.tracing.endpoint",
                    endpoint,
                    "Set the collector's URL for OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces.");
        }
        if (!(sampling >= 0 && sampling <= 1)) {
            throw new InvalidConfigurationPropertyValueException(
                    "callstream.tracing.sampling", sampling, "Set it between 0 and 1.");
        }
    }
}
