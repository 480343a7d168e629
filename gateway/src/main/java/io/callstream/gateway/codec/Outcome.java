package io.callstream.gateway.codec;

/** What a callback turned out to be. */
public sealed interface Outcome permits Decoded, Rejection {}
