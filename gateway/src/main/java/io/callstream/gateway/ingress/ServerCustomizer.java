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

/** Adds the handlers that limit a server's connections and check the heads of its requests. */
record ServerCustomizer(Connections connections, IntConsumer refusals) implements NettyServerCustomizer {

    /** An ordinary answer has a few hundred bytes. The gateway waits for a sender that leaves more than this unread. */
    private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(8 << 10, 16 << 10);

    /** Bytes per read: enough for a callback, and few enough that the event loop soon reads the next connection. */
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
                // Behind TLS, which the server adds itself.
                .addBefore(NettyPipeline.HttpCodec, RequestGate.class.getName(), gate)
                .addBefore(
                        NettyPipeline.HttpCodec, ConnectionHandler.class.getName(), new ConnectionHandler(connection))
                .addAfter(
                        NettyPipeline.HttpCodec,
                        RequestHeadHandler.class.getName(),
                        new RequestHeadHandler(connection, gate, refusals));
    }

    /** Logs no addresses, because they contain the secret; not even those of invalid requests. */
    private static final class Withheld extends AbstractHttpMessageLogFactory {

        @Override
        public String common(HttpMessageArgProvider message) {
            return message.httpMessageType() + " (withheld)";
        }
    }
}
