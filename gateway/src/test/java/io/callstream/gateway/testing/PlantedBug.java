package io.callstream.gateway.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;

/** A mistake in one of the gateway's sources, to see that a test finds it. */
public final class PlantedBug {

    private static final Path SOURCES = Path.of("src/main/java/io/callstream/gateway");

    private final String file;
    private final List<Map.Entry<String, String>> changes = new ArrayList<>();

    private PlantedBug(String file) {
        this.file = file + ".java";
    }

    /**
     * In this source, this is replaced by that.
     *
     * @param source room and class
     */
    public static PlantedBug in(String source, String right, String wrong) {
        return new PlantedBug(source).and(right, wrong);
    }

    public PlantedBug and(String right, String wrong) {
        changes.add(Map.entry(right, wrong));
        return this;
    }

    /** Compiles the source, mistake and all. */
    public void compileInto(Path folder) throws IOException {
        String text = Files.readString(SOURCES.resolve(file));
        for (Map.Entry<String, String> change : changes) {
            int at = text.indexOf(change.getKey());
            if (at < 0 || text.indexOf(change.getKey(), at + 1) >= 0) {
                throw new AssertionError("Not once in %s: %s".formatted(file, change.getKey()));
            }
            text = text.replace(change.getKey(), change.getValue());
        }
        Path source = folder.resolve(Path.of(file).getFileName().toString());
        Files.writeString(source, text);
        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-nowarn",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString(),
                        source.toString());
        if (status != 0) {
            throw new AssertionError("The mistake in %s does not compile".formatted(file));
        }
    }

    @Override
    public String toString() {
        return file;
    }
}
