package io.callstream.dialler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayAddressTest {

    @ParameterizedTest
    @CsvSource({
        "gw:8080,                                  , http://gw:8080/callbacks/bill",
        "http://gw:8080/,                          , http://gw:8080/callbacks/bill",
        "http://gw/callbacks/extension-status,     , http://gw:80/callbacks/bill",
        "https://gw,                              s, https://gw:443/keys/s/callbacks/bill",
        "http://gw:1/keys/other/callbacks/bill,   s, http://gw:1/keys/other/callbacks/bill",
        "http://gw:1/proxied/callbacks,            , http://gw:1/proxied/callbacks/bill",
        "http://[::1]:8080,                        , http://[::1]:8080/callbacks/bill",
    })
    void whateverPartOfItIsAtHandWillDo(String typed, String secret, String bill) {
        GatewayAddress address = GatewayAddress.of(typed, secret);
        assertThat(address.uri(address.bill())).hasToString(bill);
    }

    @Test
    void theSecretIsNotPrinted() {
        assertThat(GatewayAddress.of("http://gw/keys/s3cret/callbacks", null).toString())
                .doesNotContain("s3cret")
                .contains("/keys/…");
        assertThat(GatewayAddress.of("gw:1", "s3cret").toString()).doesNotContain("s3cret");
    }

    @Test
    void anUnfitSecretIsNotQuoted() {
        assertThatThrownBy(() -> GatewayAddress.of("gw", "s3cret\r"))
                .hasMessageContaining("not usable")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void aHashIsNoSecretAndIsNotNeededBesideOne() {
        assertThatThrownBy(() -> GatewayAddress.of("gw", "sha256:9f2c")).hasMessageContaining("only a gateway can use");
        assertThat(GatewayAddress.of("http://gw/keys/s3cret", "sha256:9f2c").bill())
                .isEqualTo("/keys/s3cret/callbacks/bill");
    }

    @ParameterizedTest
    @CsvSource({"ftp://gw", "http://", "'http://a b'"})
    void whatIsNoAddressIsASentence(String typed) {
        assertThatThrownBy(() -> GatewayAddress.of(typed, null)).hasMessageContaining("such as http://127.0.0.1:8080");
    }

    @ParameterizedTest
    @CsvSource({
        "/callbacks,                   http://gw:1/keys/s/callbacks",
        "/callbacks/bill,              http://gw:1/keys/s/callbacks/bill",
        "/callbacks/extension-status,  http://gw:1/keys/s/callbacks/extension-status",
        "//evil.example/x,             http://gw:1/keys/s/callbacks",
        "@evil.example/callbacks,      http://gw:1/keys/s/callbacks",
        ".evil.example/callbacks/bill, http://gw:1/keys/s/callbacks",
        "':1/..',                      http://gw:1/keys/s/callbacks",
        "/callbacks/../../admin,       http://gw:1/keys/s/callbacks",
        "/callbacks?x=y,               http://gw:1/keys/s/callbacks",
        "'/callbacks\r\nX: y',         http://gw:1/keys/s/callbacks",
        "'',                           http://gw:1/keys/s/callbacks"
    })
    void aRecordChoosesAmongOurAddressesOnly(String recorded, String url) {
        GatewayAddress address = GatewayAddress.of("gw:1", "s");
        assertThat(address.uri(address.recorded(recorded))).hasToString(url);
    }
}
