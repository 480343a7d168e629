package io.callstream.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.RecordHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks the design's table of packages: which package may import which. */
@AnalyzeClasses(packages = "io.callstream", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String GATEWAY = "io.callstream.gateway";

    @ArchTest
    static final ArchRule theRootImportsNoRoom = imports("");

    @ArchTest
    static final ArchRule ingress = imports("ingress", "security", "codec", "journal", "metrics", "tracing");

    @ArchTest
    static final ArchRule security = imports("security", "codec", "metrics");

    @ArchTest
    static final ArchRule codec = noClasses()
            .that()
            .resideInAPackage(GATEWAY + ".codec")
            .should()
            .dependOnClassesThat(resideInAPackage(GATEWAY + "..")
                    .and(not(resideInAPackage(GATEWAY + ".codec")))
                    .and(not(JavaClass.Predicates.equivalentTo(JournalRecord.class)))
                    .and(not(JavaClass.Predicates.equivalentTo(RecordHeader.class))));

    @ArchTest
    static final ArchRule theCodecIsPureJava = noClasses()
            .that()
            .resideInAPackage(GATEWAY + ".codec")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "reactor..", "io.netty..");

    @ArchTest
    static final ArchRule journal = imports("journal");

    @ArchTest
    static final ArchRule journalQueue = imports("journal.queue", "journal");

    @ArchTest
    static final ArchRule journalFiles = imports("journal.files", "journal");

    @ArchTest
    static final ArchRule journalMemory = imports("journal.memory", "journal", "journal.queue", "metrics");

    @ArchTest
    static final ArchRule journalDisk = imports("journal.disk", "journal", "journal.queue", "journal.files", "metrics");

    @ArchTest
    static final ArchRule theJournalsFilesHaveNoReactor = noClasses()
            .that()
            .resideInAPackage(GATEWAY + ".journal.files")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("reactor..", "org.reactivestreams..");

    @ArchTest
    static final ArchRule relay = imports("relay", "codec", "journal", "metrics", "tracing");

    @ArchTest
    static final ArchRule metrics = imports("metrics");

    @ArchTest
    static final ArchRule tracing = imports("tracing", "journal", "metrics");

    @ArchTest
    static final ArchRule onlyTracingKnowsOpenTelemetry = noClasses()
            .that()
            .resideOutsideOfPackage(GATEWAY + ".tracing")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule contract = imports("contract");

    @ArchTest
    static final ArchRule onlyTheRelayKnowsReactorKafka = noClasses()
            .that()
            .resideOutsideOfPackage(GATEWAY + ".relay")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("reactor.kafka..");

    @ArchTest
    static final ArchRule onlyTheCodecAndTheRelayKnowTheContract = noClasses()
            .that()
            .resideInAPackage(GATEWAY + "..")
            .and()
            .resideOutsideOfPackages(GATEWAY + ".codec", GATEWAY + ".relay")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.callstream.schemas");

    @ArchTest
    static final ArchRule theContractKnowsNobody = noClasses()
            .that()
            .resideInAPackage("io.callstream.schemas")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(GATEWAY + "..", "org.springframework..", "reactor..");

    @ArchTest
    static final ArchRule jackson2IsTheBrokersOwn = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.fasterxml.jackson.core..", "com.fasterxml.jackson.databind..");

    @ArchTest
    static final ArchRule noCycles =
            slices().matching(GATEWAY + ".(*)..").should().beFreeOfCycles();

    @Test
    void noFileOfTheJournalIsLongerThan350Lines() throws IOException {
        Map<Path, Long> longer = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java/io/callstream/gateway/journal"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                long lines = Files.readAllLines(file).size();
                if (lines > 350) {
                    longer.put(file, lines);
                }
            }
        }
        assertThat(longer).isEmpty();
    }

    private static ArchRule imports(String room, String... others) {
        String self = room.isEmpty() ? GATEWAY : GATEWAY + '.' + room;
        String[] allowed = new String[others.length + 1];
        for (int i = 0; i < others.length; i++) {
            allowed[i] = GATEWAY + '.' + others[i];
        }
        allowed[others.length] = self;
        return noClasses()
                .that()
                .resideInAPackage(self)
                .should()
                .dependOnClassesThat(resideInAPackage(GATEWAY + "..").and(not(resideInAnyPackage(allowed))));
    }
}
