package io.callstream.cli.bills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.callstream.cli.Fault;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BillsTest {

    @TempDir
    Path folder;

    private Path file(String name, String content, Charset charset) throws IOException {
        return Files.write(folder.resolve(name), content.getBytes(charset));
    }

    private static List<Bills.Bill> all(Bills bills) throws IOException {
        List<Bills.Bill> all = new ArrayList<>();
        try (bills) {
            for (Bills.Bill bill; (bill = bills.next()) != null; ) {
                all.add(bill);
            }
        }
        return all;
    }

    @Test
    void aLineKeepsItsText() throws IOException {
        Path file = file(
                "b.jsonl",
                "\uFEFF{\"uuid\":\"a\",\"billsec\":1.50}\n\n  {} \n{\"uuid\":7,\"callstreamImported\":true}\n[1]\nno\n",
                StandardCharsets.UTF_8);
        assertThat(all(Bills.ofJsonLines(file, StandardCharsets.UTF_8)))
                .containsExactly(
                        new Bills.Bill(1, "a", "{\"uuid\":\"a\",\"billsec\":1.50,\"callstreamImported\":true}"),
                        new Bills.Bill(3, "", "{\"callstreamImported\":true}"),
                        new Bills.Bill(4, "7", "{\"uuid\":7,\"callstreamImported\":true}"),
                        new Bills.Bill(5, "", null),
                        new Bills.Bill(6, "", null));
    }

    @Test
    void aRowHasItsColumnsNames() throws IOException {
        Charset gbk = Charset.forName("GBK");
        Path file = file("b.csv", "UUID,memberid,extnumber\r\na,\"张,三\",\r\nshort\r\n", gbk);
        assertThat(all(Bills.ofCsv(file, gbk)))
                .containsExactly(
                        new Bills.Bill(
                                2,
                                "a",
                                "{\"UUID\":\"a\",\"memberid\":\"张,三\",\"extnumber\":\"\",\"callstreamImported\":true}"),
                        new Bills.Bill(3, "", null));
    }

    @Test
    void aRowIsFoundByItsLine() throws IOException {
        Path file = file("b.csv", "uuid,memo\n\n\na,\"two\nlines\"\nshort\nb,last", StandardCharsets.UTF_8);
        assertThat(all(Bills.ofCsv(file, StandardCharsets.UTF_8)))
                .extracting(Bills.Bill::line, Bills.Bill::callId)
                .containsExactly(tuple(5L, "a"), tuple(6L, ""), tuple(7L, "b"));
    }

    @Test
    void anImportGoesOnWhereItWas() throws IOException {
        Path file = file("b.jsonl", "{}\n", StandardCharsets.UTF_8);
        Checkpoint.of(file, "gw", false).done(41);
        assertThat(Checkpoint.of(file, "gw", false).done()).isEqualTo(41);
        assertThat(Checkpoint.of(file, "gw", true).done()).isZero();
        assertThatThrownBy(() -> Checkpoint.of(file, "another", false)).isInstanceOf(Fault.class);
        Files.writeString(file, "{}\n{}\n");
        assertThatThrownBy(() -> Checkpoint.of(file, "gw", false))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("--again");
    }
}
