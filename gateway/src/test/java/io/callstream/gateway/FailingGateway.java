package io.callstream.gateway;

import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Runs the gateway as its main method does, and throws an error on a thread of a given kind when it is ready. */
final class FailingGateway {

    private FailingGateway() {}

    /**
     * Starts the gateway.
     *
     * @param arguments the kind of thread, then the gateway's own arguments
     */
    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(GatewayApplication.class, Fault.class);
        String[] rest = java.util.Arrays.copyOfRange(arguments, 1, arguments.length);
        System.setProperty("fault", arguments[0]);
        GatewayApplication.run(application, "", rest);
    }

    static final class Fault {

        private final ReactorResourceFactory loops;

        Fault(ReactorResourceFactory loops) {
            this.loops = loops;
        }

        @EventListener(ApplicationReadyEvent.class)
        public void strike() {
            Runnable error = () -> {
                throw new OutOfMemoryError("injected");
            };
            switch (System.getProperty("fault")) {
                case "thread" -> new Thread(error).start();
                case "event-loop" -> loops.getLoopResources().onServer(true).execute(error);
                case "scheduler" -> Schedulers.parallel().schedule(error, 1, TimeUnit.MILLISECONDS);
                case "stream" ->
                    Flux.interval(java.time.Duration.ofMillis(1))
                            .doOnNext(tick -> error.run())
                            .subscribe();
                case "linkage" ->
                    new Thread(() -> {
                                throw new NoClassDefFoundError("injected");
                            })
                            .start();
                default -> throw new IllegalArgumentException();
            }
        }
    }
}
