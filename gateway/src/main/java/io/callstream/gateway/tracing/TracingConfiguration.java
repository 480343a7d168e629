package io.callstream.gateway.tracing;

import io.callstream.gateway.metrics.GatewayMetrics;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TracingProperties.class)
public class TracingConfiguration {

    /** A stop waits for one last export, so this must be short. */
    private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(3);

    @Bean
    Tracing tracing(ObjectProvider<SdkTracerProvider> provider) {
        SdkTracerProvider tracers = provider.getIfAvailable();
        return tracers == null ? Tracing.OFF : new CallbackTracing(tracers.get("io.callstream.gateway"));
    }

    @Bean
    @ConditionalOnProperty("callstream.tracing.endpoint")
    SdkTracerProvider tracerProvider(
            TracingProperties properties, GatewayMetrics metrics, ObjectProvider<BuildProperties> build) {
        URI endpoint = Objects.requireNonNull(properties.endpoint());
        OtlpHttpSpanExporter collector = OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint.toString())
                .setCompression("gzip")
                .setTimeout(EXPORT_TIMEOUT)
                .setRetryPolicy(null)
                .build();
        return SdkTracerProvider.builder()
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(properties.sampling())))
                .setResource(Resource.getDefault().merge(resource(build.getIfAvailable())))
                .addSpanProcessor(new SpanExport(collector, endpoint.getHost(), metrics.spans()).processor())
                .build();
    }

    private static Resource resource(@Nullable BuildProperties build) {
        return Resource.create(Attributes.of(
                AttributeKey.stringKey("service.name"),
                "callstream",
                AttributeKey.stringKey("service.version"),
                build == null ? "" : build.getVersion(),
                AttributeKey.stringKey("service.instance.id"),
                UUID.randomUUID().toString()));
    }
}
