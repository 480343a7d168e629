package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the committed inputs of each fuzz target once. {@code -Pfuzz} searches for new ones. */
class FuzzCorpusTest {

    private static final Path CORPUS = Path.of("src/test/fuzz");

    static List<Arguments> inputs() throws IOException {
        List<Arguments> inputs = new ArrayList<>();
        for (String target : List.of("ingress.BodyFuzz", "codec.CallbackFuzz", "journal.files.FolderFuzz")) {
            try (Stream<Path> files = Files.list(CORPUS.resolve(target))) {
                files.sorted().forEach(file -> inputs.add(Arguments.of(target, file)));
            }
        }
        return inputs;
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void aCommittedInputHolds(String target, Path input) throws Exception {
        Method run =
                Class.forName("io.callstream.gateway." + target).getDeclaredMethod("fuzzerTestOneInput", byte[].class);
        run.setAccessible(true);
        byte[] bytes = Files.readAllBytes(input);
        assertThatCode(() -> {
                    try {
                        run.invoke(null, (Object) bytes);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                })
                .doesNotThrowAnyException();
    }
}
