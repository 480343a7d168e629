package io.callstream.gateway.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadLinesTest {

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\n"})
    void theLimitHoldsWhereverTheHeadIsCut(String end) {
        String most = ("a:" + end).repeat(200);
        String body = end + "\n".repeat(500);
        for (int cut = 0; cut < most.length() + 3; cut++) {
            assertThat(areTooMany(most + body, cut)).as("cut at %d", cut).isFalse();
            assertThat(areTooMany("b:" + end + most + body, cut))
                    .as("cut at %d", cut)
                    .isTrue();
        }
    }

    /**
     * Passes the head in two pieces. The second piece is skipped if the first one contains the end of the head, because
     * bytes after the end are not part of a head.
     */
    private static boolean areTooMany(String head, int cut) {
        HeadLines lines = new HeadLines();
        lines.begin();
        boolean first = lines.areTooMany(Unpooled.copiedBuffer(head.substring(0, cut), StandardCharsets.US_ASCII), 0);
        boolean ended = cut > 0 && head.substring(0, cut).matches("(?s).*\n\r?\n.*");
        return first
                || (!ended
                        && lines.areTooMany(Unpooled.copiedBuffer(head.substring(cut), StandardCharsets.US_ASCII), 0));
    }
}
