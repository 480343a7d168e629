package io.callstream.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that guides, messages, the contract, Javadoc and comments contain no phrase that is hard to understand. */
class PlainWordsTest {

    private static final Path ROOT = Path.of("..");

    private static final Pattern AVOIDED = Pattern.compile(
            "\\b(mend(s|ed|ing)?|whoever|whatever|loss of power|(stands?|stood) (in|beside|for) (a|the|it|one)|(is|are|was|be) told"
                    + "|comes? to (its|an) end|see to (the|it)|see that it|goes? out again|what (waits|came))\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern CODE = Pattern.compile("```.*?```|`[^`]*`", Pattern.DOTALL);

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|[\\s;{}]//[^\\n]*", Pattern.DOTALL);

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

    @Test
    void guidesAreInPlainWords() throws IOException {
        List<String> found = new ArrayList<>();
        for (String guide : List.of(
                "README.md",
                "gateway/README.md",
                "schemas/README.md",
                "deploy/README.md",
                "CHANGELOG.md",
                ".github/CONTRIBUTING.md",
                ".github/SECURITY.md",
                "deploy/cli/RATIONALE.md",
                "gateway/RATIONALE.md",
                "gateway/src/main/java/io/callstream/gateway/journal/RATIONALE.md",
                "schemas/RATIONALE.md")) {
            look(guide, CODE.matcher(Files.readString(ROOT.resolve(guide))).replaceAll(""), found);
        }
        assertThat(found).isEmpty();
    }

    @Test
    void theContractIsInPlainWords() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("schemas/src/main/resources/contract"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                look(file.getFileName().toString(), Files.readString(file), found);
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void messagesAndCommentsAreInPlainWords() throws IOException {
        List<String> found = new ArrayList<>();
        for (String module :
                List.of("gateway", "schemas", "schemas/page", "deploy/cli", "deploy/dialler", "deploy/standalone")) {
            try (Stream<Path> sources = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
                for (Path source : sources.filter(file -> file.toString().endsWith(".java"))
                        .toList()) {
                    String text = Files.readString(source);
                    for (Pattern prose : List.of(LITERAL, COMMENT)) {
                        prose.matcher(text)
                                .results()
                                .forEach(match -> look(source.getFileName().toString(), match.group(), found));
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static void look(String where, String text, List<String> found) {
        Matcher avoided = AVOIDED.matcher(text);
        while (avoided.find()) {
            found.add("%s: %s".formatted(where, avoided.group()));
        }
    }
}
