package io.callstream.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pairs of a callback and its exact event: the contract by example. */
public final class Pairs {

    public static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private Pairs() {}

    public record Pair(String name, JsonNode callback, String topic, String key, JsonNode event) {

        /** Returns the callback's JSON with line breaks and blanks. */
        public String text() {
            return callback.toPrettyString();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    public static List<Pair> all() {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/pairs"))) {
            return files.sorted().map(Pairs::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Pair read(Path file) {
        try {
            JsonNode pair = JSON.readTree(Files.readString(file, StandardCharsets.UTF_8));
            return new Pair(
                    file.getFileName().toString(),
                    pair.get("callback"),
                    pair.get("topic").asString(),
                    pair.get("key").asString(),
                    pair.get("event"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
