package io.callstream.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** No jar inside a packaged jar is older than {@code deploy/dependency-floors.csv} allows. */
class DependencyFloorsIT {

    private static final List<String> SHIPPED = Stream.of(
                    Path.of("..", "..", "gateway", "target", "callstream-gateway-exec.jar"),
                    Path.of("..", "cli", "target", "callstream-cli-exec.jar"),
                    Path.of("..", "console", "target", "callstream-console-exec.jar"),
                    Path.of("..", "timeline", "target", "callstream-timeline-exec.jar"),
                    Path.of("target", "callstream-standalone-exec.jar"))
            .flatMap(DependencyFloorsIT::libraries)
            .toList();

    /** A version. It can have a build number, as {@code 1.5.7-14} does, and a classifier can follow it. */
    private static final Pattern VERSION = Pattern.compile("-(\\d[^-]*(?:-\\d+)?)(?:-[a-z].*)?$");

    @ParameterizedTest
    @CsvFileSource(files = "../dependency-floors.csv", useHeadersInDisplayName = true)
    void nothingShipsBelowItsFloor(String jar, String floor, String why) {
        PathMatcher listed = FileSystems.getDefault().getPathMatcher("glob:" + jar);
        List<String> shipped =
                SHIPPED.stream().filter(name -> listed.matches(Path.of(name))).toList();
        if (floor.equals("banned")) {
            assertThat(shipped).as("%s, %s: %s", jar, floor, why).isEmpty();
        } else {
            assertThat(shipped)
                    .as("%s, %s: %s", jar, floor, why)
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(version(name)).isGreaterThanOrEqualTo(Version.parse(floor)));
        }
    }

    private static Version version(String name) {
        return VERSION.matcher(name)
                .results()
                .map(match -> Version.parse(match.group(1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " has no version"));
    }

    private static Stream<String> libraries(Path packaged) {
        try (JarFile file = new JarFile(packaged.toFile())) {
            return file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
                    .map(name -> name.substring("BOOT-INF/lib/".length(), name.length() - ".jar".length()))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
