package io.callstream.schemas.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The page contains everything in the contract. The test reads the files directly, without the generator's classes. */
class AsyncApiPageTest {

    private static final String PAGE = AsyncApiPage.html();

    /** {@code asyncapi.yaml}, and every schema that it refers to directly or indirectly. */
    private static final Map<String, JsonNode> FILES = files();

    @Test
    void everyChannelAndEveryMessageHasItsSection() {
        JsonNode document = FILES.get("asyncapi.yaml");
        assertThat(document.get("channels"))
                .isNotEmpty()
                .allSatisfy(channel -> assertThat(PAGE)
                        .contains("<h3 id=\"" + channel.get("address").asString() + "\">"));
        JsonNode messages = document.get("components").get("messages");
        assertThat(messages).isNotEmpty();
        messages.properties()
                .forEach(message -> assertThat(section(message.getKey()))
                        .contains("<code>" + message.getValue().get("name").asString() + "</code>"));
    }

    @Test
    void everyMessageNamesEveryFieldOfItsSchemas() {
        FILES.get("asyncapi.yaml")
                .get("components")
                .get("messages")
                .properties()
                .forEach(message -> {
                    Set<String> fields = new LinkedHashSet<>();
                    collectFields(message.getValue().get("headers"), fields);
                    collectFields(message.getValue().get("payload"), fields);
                    assertThat(fields).as(message.getKey()).hasSizeGreaterThan(5);
                    assertThat(fields)
                            .as(message.getKey())
                            .allSatisfy(field ->
                                    assertThat(section(message.getKey())).contains("</span>" + field + "</code>"));
                });
    }

    @Test
    void everyDescriptionAndSummaryIsOnThePage() {
        String page = words(PAGE.replaceAll("<[^>]+>", "").replaceAll("&#?\\w+;", " "));
        FILES.forEach((file, json) -> assertThat(texts(json))
                .as(file)
                .isNotEmpty()
                .allSatisfy(text -> assertThat(page).contains(words(text))));
    }

    @Test
    void everyAnchorIsThereOnce() {
        List<String> anchors = all(" id=\"([^\"]+)\"");
        assertThat(anchors).doesNotHaveDuplicates();
        assertThat(all("href=\"#([^\"]+)\"")).isNotEmpty().isSubsetOf(anchors);
    }

    @Test
    void itNeedsNoScriptAndNoOtherFile() {
        assertThat(PAGE).doesNotContain("<script", "<link", "src=", "url(", "@import");
    }

    @Test
    void htmlAndScriptsInADescriptionAreOnlyText() {
        assertThat(Markdown.html("x <script>y</script> [a](javascript:z) **b** `c`"))
                .isEqualTo("<p>x &lt;script&gt;y&lt;/script&gt; <a rel=\"nofollow\" href=\"\">a</a>"
                        + " <strong>b</strong> <code>c</code></p>\n");
    }

    private static String section(String message) {
        int start = PAGE.indexOf("<h4 id=\"" + message + "\">");
        assertThat(start).as(message).isNotNegative();
        return PAGE.substring(start, PAGE.indexOf("</article>", start));
    }

    private static void collectFields(JsonNode schema, Set<String> fields) {
        if (schema.has("$ref")) {
            collectFields(FILES.get(schema.get("$ref").asString().replaceFirst(".*/", "")), fields);
        }
        schema.path("properties").properties().forEach(property -> fields.add(property.getKey()));
        schema.forEach(child -> {
            if (child.isContainer()) {
                collectFields(child, fields);
            }
        });
    }

    private static List<String> texts(JsonNode json) {
        return Stream.of("description", "summary")
                .flatMap(keyword -> json.findValues(keyword).stream())
                .map(JsonNode::asString)
                .toList();
    }

    /** The words only: punctuation differs, because Markdown and HTML add or remove some. */
    private static String words(String text) {
        return text.replaceAll("[^\\p{Alnum}]+", " ").strip();
    }

    private static List<String> all(String pattern) {
        return Pattern.compile(pattern)
                .matcher(PAGE)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    private static Map<String, JsonNode> files() {
        Map<String, JsonNode> files = new LinkedHashMap<>();
        read("", "asyncapi.yaml", files);
        return files;
    }

    private static void read(String folder, String name, Map<String, JsonNode> files) {
        try (InputStream file = AsyncApiPageTest.class.getResourceAsStream("/contract/" + folder + name)) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            files.put(name, new YAMLMapper().readTree(text));
            for (MatchResult reference : Pattern.compile("([\\w-]+\\.v1\\.json)")
                    .matcher(text)
                    .results()
                    .toList()) {
                if (!files.containsKey(reference.group())) {
                    read("schemas/", reference.group(), files);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
