package io.callstream.gateway.ingress;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which nothing has moved for so long; otherwise senders that went away without a word would add
 * up. The time is long, because a keep-alive connection that is closed under a sender that posts once is a lost callback.
 * The server's own handler for it is put in and taken out with every request.
 */
final class IdleConnectionHandler extends IdleStateHandler {

    private static final int MINUTES = 5;

    IdleConnectionHandler() {
        super(0, 0, MINUTES, TimeUnit.MINUTES);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for it.
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
        context.close();
    }
}
