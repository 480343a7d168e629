package io.callstream.console.pages;

import io.callstream.cli.Fault;
import j2html.TagCreator;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.KafkaException;
import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Makes answers of texts that take a while: reading Kafka, searching, posting. They are made on a scheduler, because
 * they would block an event loop. What goes wrong becomes a sentence on the page.
 */
final class Renderer {

    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

    private final Layout layout;
    private final Scheduler scheduler;

    Renderer(Layout layout, Scheduler scheduler) {
        this.layout = layout;
        this.scheduler = scheduler;
    }

    Layout layout() {
        return layout;
    }

    /** A form with its fields as a page sends it. */
    interface Form {

        String render(MultiValueMap<String, String> fields);
    }

    /** A whole page, or a part of one. */
    Mono<ServerResponse> html(Callable<String> text) {
        return of(HTML, text)
                .onErrorResume(Fault.class, fault -> trouble(400, String.valueOf(fault.getMessage())))
                .onErrorResume(
                        KafkaException.class,
                        failure -> trouble(
                                503,
                                "Kafka does not answer, or refuses to let the console read. Check it, then load the page again. ("
                                        + failure.getMessage() + ")"));
    }

    /** The answer to a form. */
    Mono<ServerResponse> html(ServerRequest request, Form form) {
        return request.formData().flatMap(fields -> html(() -> form.render(fields)));
    }

    /** A text of another type. */
    Mono<ServerResponse> of(MediaType type, Callable<String> text) {
        return Mono.fromCallable(text)
                .subscribeOn(scheduler)
                .flatMap(made -> ServerResponse.ok()
                        .contentType(type)
                        .headers(headers -> headers.setCacheControl("no-store"))
                        .bodyValue(made))
                .onErrorResume(
                        RejectedExecutionException.class,
                        full -> trouble(503, "The console has too many requests to answer. Load the page again."));
    }

    private static Mono<ServerResponse> trouble(int status, String sentence) {
        return ServerResponse.status(status)
                .contentType(HTML)
                .bodyValue(TagCreator.p(Texts.sentence(sentence))
                        .withClass("trouble")
                        .render());
    }
}
