package io.callstream.gateway.ingress;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.http.server.HttpServerResponse;

/** Reads a request's body into one array. In its connection's thread throughout. */
final class WholeBody extends BaseSubscriber<DataBuffer> {

    private static final byte[] NOTHING = {};

    private final MonoSink<byte[]> reader;
    private final int limit;
    private final Future<?> timeout;
    private byte[] bytes = NOTHING;
    private int length;

    private WholeBody(MonoSink<byte[]> reader, int limit, Duration within, EventLoop loop) {
        this.reader = reader;
        this.limit = limit;
        this.timeout = loop.schedule(this::late, within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * The body, empty where there is none.
     *
     * @param limit bytes; a body that has more is a {@link DataBufferLimitException}
     * @param within a body that takes longer is a {@link TimeoutException}
     * @param loop the connection's
     */
    static Mono<byte[]> of(ServerHttpRequest request, int limit, Duration within, EventLoop loop) {
        return Mono.create(reader -> {
            WholeBody body = new WholeBody(reader, limit, within, loop);
            reader.onDispose(body);
            request.getBody().subscribe(body);
        });
    }

    /** That of the connection. */
    static EventLoop eventLoop(HttpServerResponse response) {
        AtomicReference<@Nullable EventLoop> loop = new AtomicReference<>();
        response.withConnection(connection -> loop.set(connection.channel().eventLoop()));
        return Objects.requireNonNull(loop.get());
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        requestUnbounded();
    }

    @Override
    protected void hookOnNext(DataBuffer buffer) {
        int more = buffer.readableByteCount();
        if (more > limit - length) {
            DataBufferUtils.release(buffer);
            end();
            cancel();
            reader.error(new DataBufferLimitException("More than " + limit + " bytes"));
            return;
        }
        if (more > bytes.length - length) {
            // Most come in one piece, and then it is the right size.
            bytes = Arrays.copyOf(bytes, length == 0 ? more : Math.min(limit, 2 * (length + more)));
        }
        buffer.read(bytes, length, more);
        length += more;
        DataBufferUtils.release(buffer);
    }

    @Override
    protected void hookOnComplete() {
        end();
        reader.success(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    }

    @Override
    protected void hookOnError(Throwable failure) {
        end();
        reader.error(failure);
    }

    @Override
    protected void hookOnCancel() {
        end();
    }

    private void late() {
        cancel();
        reader.error(new TimeoutException());
    }

    private void end() {
        timeout.cancel(false);
    }
}
