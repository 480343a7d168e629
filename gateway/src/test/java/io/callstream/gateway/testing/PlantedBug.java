package io.callstream.gateway.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;

/** A deliberate mistake in the gateway's sources, to prove that a test finds it. */
public final class PlantedBug {

    private static final Path SOURCES = Path.of("src/main/java/io/callstream/gateway");

    private final List<Change> changes = new ArrayList<>();

    private record Change(String source, String right, String wrong) {}

    private PlantedBug() {}

    /**
     * Replaces a text in a source file.
     *
     * @param source package and class, such as {@code relay/ClientSettings}
     * @param right the text to replace, which must occur exactly once
     * @param wrong the text with the mistake
     */
    public static PlantedBug in(String source, String right, String wrong) {
        return new PlantedBug().and(source, right, wrong);
    }

    public PlantedBug and(String source, String right, String wrong) {
        changes.add(new Change(source, right, wrong));
        return this;
    }

    /** Compiles the sources with the mistakes. */
    public void compileInto(Path folder) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Change change : changes) {
            String text = texts.get(change.source);
            if (text == null) {
                text = Files.readString(SOURCES.resolve(change.source + ".java"));
            }
            int at = text.indexOf(change.right);
            if (at < 0 || text.indexOf(change.right, at + 1) >= 0) {
                throw new AssertionError("Not once in %s: %s".formatted(change.source, change.right));
            }
            texts.put(change.source, text.replace(change.right, change.wrong));
        }
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path"), "-d", folder.toString()));
        for (Map.Entry<String, String> text : texts.entrySet()) {
            Path source = folder.resolve(Path.of(text.getKey() + ".java").getFileName());
            Files.writeString(source, text.getValue());
            arguments.add(source.toString());
        }
        if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new AssertionError("%s does not compile".formatted(this));
        }
    }

    @Override
    public String toString() {
        return changes.toString();
    }
}
