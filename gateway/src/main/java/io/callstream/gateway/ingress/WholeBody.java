package io.callstream.gateway.ingress;

import io.callstream.gateway.ingress.ConnectionMetrics.Reason;
import java.util.Arrays;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Reads a request's body into one array. Used by the event loop of its connection only. */
final class WholeBody extends BaseSubscriber<DataBuffer> implements Connection.Receiver {

    private static final byte[] NOTHING = {};

    private final MonoSink<Outcome> reader;
    private final int limit;
    private final Connection connection;
    private final FairShares.Body share;
    private byte[] bytes = NOTHING;
    private int length;

    /** The result of reading a body. */
    sealed interface Outcome {

        /** The complete body; empty if the request has none. */
        @SuppressWarnings("ArrayRecordComponent") // Outcomes are never compared.
        record Whole(byte[] bytes) implements Outcome {}

        /** The body has more bytes than the limit. */
        record TooLarge() implements Outcome {}

        /** The body's tenant holds its share of the memory with other bodies. */
        record AboveShare() implements Outcome {}

        /** The connection has aborted the body. */
        record GivenUp(Reason reason) implements Outcome {}

        /** The rest of the body will not arrive: the sender has closed the connection, or the body is invalid. */
        record BrokenOff() implements Outcome {}
    }

    private WholeBody(MonoSink<Outcome> reader, int limit, Connection connection, FairShares.Body share) {
        this.reader = reader;
        this.limit = limit;
        this.connection = connection;
        this.share = share;
    }

    /** @param limit the most bytes of the body */
    static Mono<Outcome> of(ServerHttpRequest request, int limit, Connection connection, FairShares.Body share) {
        return Mono.create(reader -> {
            WholeBody body = new WholeBody(reader, limit, connection, share);
            connection.receiving(body);
            reader.onDispose(body);
            request.getBody().subscribe(body);
        });
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
            end(new Outcome.TooLarge());
            return;
        }
        if (more > bytes.length - length) {
            // Most bodies arrive in one piece, and then the array has the right size.
            int room = length == 0 ? more : Math.min(limit, 2 * (length + more));
            if (!share.take(room - bytes.length)) {
                DataBufferUtils.release(buffer);
                end(new Outcome.AboveShare());
                return;
            }
            connection.receives(room - bytes.length);
            bytes = Arrays.copyOf(bytes, room);
        }
        buffer.read(bytes, length, more);
        length += more;
        DataBufferUtils.release(buffer);
    }

    @Override
    protected void hookOnComplete() {
        received();
        reader.success(new Outcome.Whole(length == bytes.length ? bytes : Arrays.copyOf(bytes, length)));
    }

    @Override
    protected void hookOnError(Throwable failure) {
        end(new Outcome.BrokenOff());
    }

    @Override
    public void giveUp(Reason reason) {
        end(new Outcome.GivenUp(reason));
    }

    private void end(Outcome outcome) {
        cancel();
        received();
        bytes = NOTHING;
        reader.success(outcome);
    }

    @Override
    protected void hookOnCancel() {
        received();
    }

    private void received() {
        connection.received();
        share.release();
    }
}
