package io.callstream.console.pages;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

class GuardTest {

    private final Guard guard = new Guard(List.of("Gw.Example"));
    private final WebTestClient client = WebTestClient.bindToRouterFunction(RouterFunctions.route()
                    .GET("/console/x", request -> ServerResponse.ok().build())
                    .POST("/console/x", request -> ServerResponse.ok().build())
                    .filter(guard)
                    .build())
            .build();

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8081, 200",
        "[::1]:8081, 200",
        "10.1.2.3, 200",
        "localhost:8081, 200",
        "a.localhost, 200",
        "gw.example:8081, 200",
        "evil.example:8081, 403",
        "gw.example.evil.example, 403",
        "127.0.0.1.evil.example, 403",
        "localhost.evil.example, 403",
    })
    void aPageIsReachedByAnAddressOrAKnownName(String host, int status) {
        client.get()
                .uri("/console/x")
                .header("Host", host)
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .valueMatches("Content-Security-Policy", "default-src 'none';.*");
    }

    @Test
    void aPostNeedsTheTokenOfThePage() {
        for (String token : List.of("", "0".repeat(32), guard.token() + "0")) {
            post(token).expectStatus().isForbidden();
        }
        post(guard.token()).expectStatus().isOk();
    }

    private WebTestClient.ResponseSpec post(String token) {
        return client.post()
                .uri("/console/x")
                .header("Host", "127.0.0.1")
                .header(Layout.TOKEN, token)
                .exchange();
    }
}
