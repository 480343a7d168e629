package io.callstream.gateway.ingress;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.function.IntConsumer;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.logging.AbstractHttpMessageLogFactory;
import reactor.netty.http.logging.HttpMessageArgProvider;
import reactor.netty.http.server.HttpServer;

/** Has a server's connections limited and its requests' heads checked. */
record ServerCustomizer(Connections connections, IntConsumer refusals) implements NettyServerCustomizer {

    /** An ordinary answer has a few hundred bytes; a sender that leaves more than these unread is waited for. */
    private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(8 << 10, 16 << 10);

    /** Enough for every single callback, and little enough that a loop soon gets round to the next connection. */
    private static final RecvByteBufAllocator AT_A_TIME = new AdaptiveRecvByteBufAllocator(512, 2 << 10, 16 << 10);

    @Override
    public HttpServer apply(HttpServer server) {
        return server.httpMessageLogFactory(new Withheld())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNREAD)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, AT_A_TIME)
                .doOnChannelInit((observer, channel, remote) -> init(channel));
    }

    private void init(Channel channel) {
        Object address = channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : "";
        Connection connection = new Connection(connections.of(channel.eventLoop()), address);
        RequestGate gate = new RequestGate(connection);
        channel.pipeline()
                // Behind TLS, which is the server's own.
                .addBefore(NettyPipeline.HttpCodec, RequestGate.class.getName(), gate)
                .addBefore(
                        NettyPipeline.HttpCodec, ConnectionHandler.class.getName(), new ConnectionHandler(connection))
                .addAfter(
                        NettyPipeline.HttpCodec,
                        RequestHeadHandler.class.getName(),
                        new RequestHeadHandler(connection, gate, refusals));
    }

    /** Even of a broken request the address is not logged: it contains the secret. */
    private static final class Withheld extends AbstractHttpMessageLogFactory {

        @Override
        public String common(HttpMessageArgProvider message) {
            return message.httpMessageType() + " (withheld)";
        }
    }
}
