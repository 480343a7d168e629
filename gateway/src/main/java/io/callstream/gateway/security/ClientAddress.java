package io.callstream.gateway.security;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address of the sender behind trusted proxies. {@code X-Forwarded-For} is read from right to left, because
 * each proxy appends the address that it has seen; what is left of the first address that is not a trusted proxy was
 * written by the sender and proves nothing. Without trusted proxies the header is never read.
 */
final class ClientAddress {

    private final List<Network> trusted;

    ClientAddress(List<Network> trusted) {
        this.trusted = trusted;
    }

    /**
     * Returns the sender's address.
     *
     * @param peer the other end of the connection
     * @param forwardedFor the values of the header, in the order of the request
     */
    InetAddress of(InetAddress peer, List<String> forwardedFor) {
        if (trusted.isEmpty() || !isTrusted(peer)) {
            return peer;
        }
        List<String> hops = new ArrayList<>();
        forwardedFor.forEach(value -> Collections.addAll(hops, value.split(",", -1)));
        InetAddress client = peer;
        for (int i = hops.size() - 1; i >= 0 && isTrusted(client); i--) {
            InetAddress hop = parse(hops.get(i).strip());
            if (hop == null) {
                break;
            }
            client = hop;
        }
        return client;
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    private static @Nullable InetAddress parse(String text) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(text);
        try {
            return address == null ? null : InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
