package io.callstream.gateway.security;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A range of IP addresses, written as {@code 10.1.0.0/16}, {@code 2001:db8::/32} or one address. An IPv4 address that
 * is mapped into IPv6 is treated as IPv4.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Network(byte[] address, int prefixBits) {

    /** Returns {@code null} if the text is not a network. Never resolves a name. */
    static @Nullable Network parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            return null;
        }
        int bits = address.length * 8;
        if (slash >= 0) {
            String prefix = text.substring(slash + 1);
            if (!prefix.matches("\\d{1,3}") || Integer.parseInt(prefix) > bits) {
                return null;
            }
            bits = Integer.parseInt(prefix);
        }
        return new Network(masked(address, bits), bits);
    }

    boolean contains(InetAddress other) {
        byte[] bytes = other.getAddress();
        return bytes.length == address.length && Arrays.equals(masked(bytes, prefixBits), address);
    }

    /** Returns the address with all bits behind the prefix cleared. */
    static byte[] masked(byte[] address, int prefixBits) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int kept = Math.min(8, Math.max(0, prefixBits - i * 8));
            masked[i] &= (byte) (0xFF << (8 - kept));
        }
        return masked;
    }
}
