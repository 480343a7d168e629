package io.callstream.benchmarks;

import io.callstream.cli.dial.BodyForm;
import io.callstream.gateway.GatewayApplication;
import io.callstream.gateway.testing.BrokerProcess;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("bench")
class SpeedIT {

    @Test
    void quick() throws Exception {
        int seconds = Integer.getInteger("seconds", 6);
        try (BrokerProcess broker = new BrokerProcess();
                BrokerProcess other = new BrokerProcess(broker)) {
            broker.launch();
            other.start();
            String kafka = "spring.kafka.bootstrap-servers=" + broker.bootstrapServers();
            try (Subject baseline = Subject.web("baseline", Baseline.class);
                    Subject memory =
                            Subject.web("memory", GatewayApplication.class, kafka, "callstream.journal.form=memory");
                    Subject disk = Subject.web(
                            "disk",
                            GatewayApplication.class,
                            kafka,
                            "callstream.journal.folder="
                                    + io.callstream.gateway.testing.TestBroker.folder("journal"))) {
                Thread.sleep(3000);
                for (int i = 0; i < Integer.getInteger("rounds", 10); i++) {
                    for (Subject subject : new Subject[] {baseline, memory, disk}) {
                        System.out.println(
                                Window.atTopRate(subject, BodyForm.URLENCODED, 64, Duration.ofSeconds(seconds)));
                        if (i == Integer.getInteger("rounds", 10) - 2 && subject == disk) {
                            new ProcessBuilder("jcmd", subject.pid() + "", "JFR.start", "name=p", "settings=profile")
                                    .inheritIO()
                                    .start()
                                    .waitFor();
                        }
                        if (i == Integer.getInteger("rounds", 10) - 1 && subject == disk) {
                            new ProcessBuilder(
                                            "jcmd", subject.pid() + "", "JFR.dump", "name=p", "filename=/tmp/disk.jfr")
                                    .inheritIO()
                                    .start()
                                    .waitFor();
                        }
                    }
                }
            }
        }
    }
}
