package io.callstream.benchmarks;

import io.callstream.cli.dial.BodyForm;
import io.callstream.gateway.GatewayApplication;
import io.callstream.gateway.testing.BrokerProcess;
import io.callstream.gateway.testing.TestBroker;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("bench")
class ProbeIT {

    static void profile(Subject subject, String what) throws Exception {
        new ProcessBuilder("java", "-cp", "/tmp/ap", "one.profiler.Nothing").start();
        new ProcessBuilder(
                        "jcmd",
                        subject.pid() + "",
                        "JVMTI.agent_load",
                        "/tmp/ap/linux-x64/libasyncProfiler.so",
                        "\"" + what + "\"")
                .inheritIO()
                .start()
                .waitFor();
    }

    @Test
    void probe() throws Exception {
        try (BrokerProcess broker = new BrokerProcess();
                BrokerProcess other = new BrokerProcess(broker)) {
            String kafka = "spring.kafka.bootstrap-servers=" + broker.bootstrapServers();
            boolean base = Boolean.getBoolean("base");
            BodyForm form = BodyForm.valueOf(System.getProperty("form", "URLENCODED"));
            if (!base) {
                broker.launch();
                other.start();
            }
            String journal = System.getProperty("journal", "disk");
            try (Subject subject = base
                    ? Subject.web("baseline", Baseline.class)
                    : Subject.web(
                            "disk",
                            GatewayApplication.class,
                            kafka,
                            journal.equals("disk")
                                    ? "callstream.journal.folder=" + TestBroker.folder("journal")
                                    : "callstream.journal.form=memory")) {
                Thread.sleep(3000);
                int warm = Integer.getInteger("warm", 90);
                Window.atTopRate(subject, form, 64, Duration.ofSeconds(warm));
                for (int i = 0; i < 3; i++) {
                    System.out.println(Window.atTopRate(subject, form, 64, Duration.ofSeconds(6)));
                }
                String out = System.getProperty("out", "/tmp/p");
                if (!out.equals("none")) {
                    profile(subject, "start,event=itimer,interval=1ms,threads,file=" + out + "-cpu.txt,collapsed");
                    System.out.println(Window.atTopRate(subject, form, 64, Duration.ofSeconds(10)));
                    profile(subject, "stop,file=" + out + "-cpu.txt,collapsed");
                    profile(subject, "start,event=alloc,alloc=64k,file=" + out + "-alloc.txt,collapsed,total");
                    System.out.println(Window.atTopRate(subject, form, 64, Duration.ofSeconds(6)));
                    profile(subject, "stop,file=" + out + "-alloc.txt,collapsed,total");
                }
            }
        }
    }
}
