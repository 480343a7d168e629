package io.callstream.cli;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer's body as UTF-8, up to a limit. If the body is longer, it appends a note that the text is cut, and
 * closes the connection.
 */
final class BoundedText implements BodySubscriber<String> {

    private final int most;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CompletableFuture<String> text = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    /** @param most the maximum number of bytes to keep */
    BoundedText(int most) {
        this.most = most;
    }

    @Override
    public CompletionStage<String> getBody() {
        return text;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            byte[] taken = new byte[Math.min(most - kept.size(), buffer.remaining())];
            buffer.get(taken);
            kept.writeBytes(taken);
            if (buffer.hasRemaining() && subscription != null) {
                subscription.cancel();
                text.complete(kept() + " (The answer is cut here: it is longer than %d bytes.)".formatted(most));
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        text.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        text.complete(kept());
    }

    private String kept() {
        return kept.toString(StandardCharsets.UTF_8);
    }
}
