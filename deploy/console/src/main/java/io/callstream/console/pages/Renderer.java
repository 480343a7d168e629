package io.callstream.console.pages;

import io.callstream.cli.Fault;
import j2html.TagCreator;
import j2html.tags.DomContent;
import j2html.tags.specialized.PTag;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.KafkaException;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
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

    /** A form with its fields as a page sends it. */
    interface Form {

        String render(MultiValueMap<String, String> fields);
    }

    /**
     * A whole page.
     *
     * @param entry the path of the navigation's entry to which it belongs
     */
    Mono<ServerResponse> page(String entry, String title, Callable<DomContent> content) {
        return answer(
                () -> layout.page(entry, title, content.call()),
                sentence -> layout.page(entry, title, trouble(sentence)));
    }

    /** A part of a page. */
    Mono<ServerResponse> html(Callable<String> text) {
        return answer(text, sentence -> trouble(sentence).render());
    }

    private Mono<ServerResponse> answer(Callable<String> text, UnaryOperator<String> instead) {
        return of(HTML, text)
                .onErrorResume(Fault.class, fault -> html(400, instead.apply(String.valueOf(fault.getMessage()))))
                .onErrorResume(
                        KafkaException.class,
                        failure -> html(
                                503,
                                instead.apply(
                                        "Kafka does not answer, or refuses to let the console read. Check it, then load the page again. ("
                                                + failure.getMessage() + ")")));
    }

    /** The answer to a form. */
    Mono<ServerResponse> html(ServerRequest request, Form form) {
        return request.formData().flatMap(fields -> html(() -> form.render(fields)));
    }

    /** A file to download. */
    Mono<ServerResponse> file(MediaType type, String name, Callable<String> text) {
        return of(type, "attachment; filename=\"" + name + '"', text)
                .onErrorResume(Fault.class, fault -> html(503, String.valueOf(fault.getMessage())));
    }

    /** A text of another type, to be shown or used by the page. */
    Mono<ServerResponse> of(MediaType type, Callable<String> text) {
        return of(type, "inline", text);
    }

    private Mono<ServerResponse> of(MediaType type, String disposition, Callable<String> text) {
        return Mono.fromCallable(text)
                .subscribeOn(scheduler)
                .flatMap(made -> ServerResponse.ok()
                        .contentType(type)
                        .cacheControl(CacheControl.noStore())
                        .header(HttpHeaders.CONTENT_DISPOSITION, disposition)
                        .bodyValue(made))
                .onErrorResume(
                        RejectedExecutionException.class,
                        full -> html(
                                503,
                                trouble("The console has too many requests to answer. Load the page again.")
                                        .render()));
    }

    private static Mono<ServerResponse> html(int status, String text) {
        return ServerResponse.status(status).contentType(HTML).bodyValue(text);
    }

    private static PTag trouble(String sentence) {
        return TagCreator.p(Texts.sentence(sentence)).withClass("trouble");
    }
}
