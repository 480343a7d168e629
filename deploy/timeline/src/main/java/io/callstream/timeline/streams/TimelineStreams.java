package io.callstream.timeline.streams;

import io.callstream.schemas.Topics;
import io.callstream.timeline.rules.Rules;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Runs Kafka Streams from the application's start to its stop. It waits for Kafka and for the topic to read without
 * delaying the start of anything else.
 */
final class TimelineStreams implements SmartLifecycle {

    /** The consumer group, and the prefix of the changelog and of the transactions. */
    static final String APPLICATION = "callstream-timeline";

    private static final Logger LOG = LoggerFactory.getLogger(TimelineStreams.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** A gateway that starts at the same time has created the topic by then. */
    private static final long PATIENCE = Duration.ofSeconds(30).toNanos();

    /** Kafka answers at least every second. */
    private static final long SILENCE = Duration.ofSeconds(15).toNanos();

    private static final String AWAY =
            "Kafka has not answered for 15 s, so nothing is published. The timeline continues by itself when it is back.";

    private static final long PAUSE_OF_LOG = Duration.ofMinutes(1).toNanos();

    /** Until Kafka aborts what a killed instance has begun, no other one continues. It looks every 10 s by default. */
    private static final Duration TRANSACTION = Duration.ofSeconds(4);

    /** Bytes: while it catches up, what goes to one partition between two commits. */
    private static final int BATCH = 128 << 10;

    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Map<String, Object> kafka;
    private final TimelineProperties properties;
    private final TimelineMetrics metrics;
    private final CountDownLatch stopping = new CountDownLatch(1);

    private volatile @Nullable KafkaStreams streams;
    private volatile @Nullable String trouble = "Kafka has not answered yet.";
    private volatile boolean isKafkaAway;
    private @Nullable Thread starter;
    private volatile long failedAt = System.nanoTime() - PAUSE_OF_LOG;

    /** @param kafka the settings of Kafka's clients: servers and security */
    TimelineStreams(Map<String, Object> kafka, TimelineProperties properties, TimelineMetrics metrics) {
        this.kafka = kafka;
        this.properties = properties;
        this.metrics = metrics;
    }

    /** Why nothing is published, as a sentence for operators; {@code null} while it is. */
    @Nullable
    String trouble() {
        KafkaStreams running = streams;
        if (running == null) {
            return trouble;
        }
        if (isKafkaAway && !isDead()) {
            return AWAY;
        }
        return switch (running.state()) {
            case RUNNING -> null;
            case REBALANCING, CREATED ->
                "The instances share out the partitions, or restore their calls. This takes seconds.";
            default ->
                "Kafka Streams has stopped (%s). The log says why; restart the timeline.".formatted(running.state());
        };
    }

    /** Whether Kafka Streams has ended for good, so that only a restart helps. */
    boolean isDead() {
        KafkaStreams running = streams;
        return running != null && running.state().hasCompletedShutdown() && stopping.getCount() > 0;
    }

    /** The state of Kafka Streams; {@code WAITING} before it has begun. */
    String state() {
        KafkaStreams running = streams;
        return running == null ? "WAITING" : running.state().name();
    }

    @Override
    public void start() {
        Thread thread = new Thread(this::begin, "timeline-start");
        thread.setDaemon(true);
        starter = thread;
        thread.start();
    }

    private void begin() {
        try {
            Integer replicas = awaitTopics();
            if (replicas != null) {
                run(replicas);
            }
        } catch (InterruptedException e) {
            // Nobody interrupts it.
        } catch (RuntimeException e) {
            // Settings of Kafka's clients that cannot be used.
            trouble = "The timeline could not be started: correct the settings and restart it. (%s)"
                    .formatted(e.getMessage());
            LOG.error("{}", trouble, e);
        }
    }

    /** Returns the number of replicas for internal topics; {@code null} if the application stops before it is known. */
    private @Nullable Integer awaitTopics() throws InterruptedException {
        try (Admin admin = Admin.create(kafka)) {
            long begun = System.nanoTime();
            String said = null;
            while (true) {
                Integer replicas = prepare(admin);
                if (replicas != null) {
                    return replicas;
                }
                if (System.nanoTime() - begun >= PATIENCE && !Objects.equals(said, trouble)) {
                    said = trouble;
                    LOG.warn("The timeline waits. {}", said);
                }
                if (stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return null;
                }
            }
        }
    }

    private void run(int replicas) throws InterruptedException {
        CallMemory memory = new CallMemory(properties.maxSize().toBytes());
        metrics.memory(memory);
        StreamsClients clients = new StreamsClients();
        KafkaStreams created = new KafkaStreams(
                TimelineTopology.of(
                        new Rules(properties.waitFor(), properties.orphanAfter(), properties.retention()),
                        clients,
                        memory,
                        metrics,
                        new CompanyTopics(properties.companies())),
                new StreamsConfig(config(replicas)),
                clients);
        created.setUncaughtExceptionHandler(this::replaceThread);
        // It runs again after each sharing out of the partitions, which is no news.
        AtomicBoolean isSaid = new AtomicBoolean();
        created.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING && !isSaid.getAndSet(true)) {
                LOG.info("The timeline is published: {} and {}.", Topics.TIMELINE, Topics.STATE);
            }
        });
        streams = created;
        if (stopping.getCount() > 0) {
            created.start();
            watch(clients);
        }
    }

    /** Says once that Kafka is away, and once that it is back. */
    private void watch(StreamsClients clients) throws InterruptedException {
        double received = 0;
        long answeredAt = System.nanoTime();
        while (!stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
            double now = clients.received();
            boolean answers = now != received;
            received = now;
            answeredAt = answers ? System.nanoTime() : answeredAt;
            if (answers && isKafkaAway) {
                isKafkaAway = false;
                LOG.info("Kafka answers again.");
            } else if (!isKafkaAway && !isDead() && System.nanoTime() - answeredAt >= SILENCE) {
                isKafkaAway = true;
                LOG.warn("{}", AWAY);
            }
        }
    }

    /** A failure that comes again is logged once a minute. */
    private StreamThreadExceptionResponse replaceThread(Throwable failure) {
        metrics.restarted();
        long now = System.nanoTime();
        if (now - failedAt >= PAUSE_OF_LOG) {
            failedAt = now;
            LOG.error(
                    "The timeline's thread has failed and is replaced: it continues with the last commit. If this comes again,"
                            + " nothing is published. Check Kafka, its limits for a record, and the permissions.",
                    failure);
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Returns {@code null} and sets the trouble if the topics are not there. */
    private @Nullable Integer prepare(Admin admin) throws InterruptedException {
        try {
            Integer replicas =
                    TimelineTopics.prepare(admin, properties.companies().values());
            trouble = replicas != null
                    ? null
                    : "The topic %s does not exist. A gateway creates it.".formatted(Topics.EVENTS);
            return replicas;
        } catch (ExecutionException | KafkaException e) {
            trouble =
                    "Kafka does not answer, or refuses to create a topic. Check spring.kafka.bootstrap-servers and the"
                            + " permissions. (%s)".formatted(Objects.requireNonNullElse(e.getCause(), e));
            return null;
        }
    }

    private Map<String, Object> config(int replicas) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                properties.commitInterval().toMillis());
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        // Not the broker's default, which can be 1: the changelog has what waits, and its offsets are committed.
        config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, replicas);
        config.put(
                StreamsConfig.topicPrefix(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG),
                Integer.toString(Math.min(TimelineTopics.IN_SYNC, replicas)));
        config.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        config.put(StreamsConfig.LOG_SUMMARY_INTERVAL_MS_CONFIG, -1L);
        config.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, Parking.class);
        config.put(Parking.METRICS, metrics);
        config.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, Topics.TIMELINE_FAILED);
        if (properties.folder() != null) {
            config.put(
                    StreamsConfig.STATE_DIR_CONFIG,
                    properties.folder().toAbsolutePath().toString());
        }
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        // A killed instance's partitions are taken over after this time.
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6000);
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 1500);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), (int)
                Math.max(TRANSACTION.toMillis(), 2 * properties.commitInterval().toMillis()));
        // Right after a commit Kafka can refuse a batch that it takes a moment later. The default of 100 ms is part of
        // what consumers wait.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), 10);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        config.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), TimelineTopics.LARGEST_RECORD);
        return config;
    }

    @Override
    public void stop() {
        stopping.countDown();
        KafkaStreams running = streams;
        if (running != null) {
            // Without leaving the group, another instance would wait for the session's time-out.
            running.close(CloseOptions.timeout(CLOSING)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
        starter = null;
    }

    @Override
    public boolean isRunning() {
        return starter != null;
    }

    /** Stops before the embedded Kafka of the standalone run. */
    @Override
    public int getPhase() {
        return 0;
    }
}
