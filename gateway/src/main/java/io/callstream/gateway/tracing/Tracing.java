package io.callstream.gateway.tracing;

import io.callstream.gateway.journal.JournalRecord;
import io.callstream.gateway.journal.Receipt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Traces callbacks. Safe for any number of threads; never blocks and never fails. */
public interface Tracing {

    /** Traces nothing. */
    Tracing OFF = new Tracing() {
        @Override
        public Request request(String method, String path, String tenant, @Nullable String traceparent) {
            return Request.UNTRACED;
        }

        @Override
        public Send send(JournalRecord record) {
            return Send.UNTRACED;
        }
    };

    /**
     * Begins the trace of an admitted request.
     *
     * @param path the address without its secret
     * @param traceparent the sender's W3C trace context; ignored if it is not valid
     */
    Request request(String method, String path, String tenant, @Nullable String traceparent);

    /** Begins the trace of one attempt to publish a record. */
    Send send(JournalRecord record);

    /** The trace of one request. */
    interface Request {

        /** Is not traced. */
        Request UNTRACED = new Request() {
            @Override
            public JournalRecord create(JournalRecord record) {
                return record;
            }

            @Override
            public void appending(List<JournalRecord> records) {}

            @Override
            public void appended(Receipt receipt) {}

            @Override
            public void answered(int status) {}
        };

        /** Returns the record with its trace context as the header {@code traceparent}. */
        JournalRecord create(JournalRecord record);

        /** The records are given to the journal; others that were {@link #create created} are discarded. */
        void appending(List<JournalRecord> records);

        /** The journal has answered. */
        void appended(Receipt receipt);

        /** The request is answered; 499 if the sender closed the connection first. */
        void answered(int status);
    }

    /** The trace of one attempt to publish a record. If it is never ended, the attempt is not exported. */
    interface Send {

        /** Is not traced. */
        Send UNTRACED = new Send() {
            @Override
            public void published(int partition, long offset) {}

            @Override
            public void failed(Throwable failure) {}
        };

        /** Kafka has acknowledged the record. */
        void published(int partition, long offset);

        /** Kafka has rejected the record. */
        void failed(Throwable failure);
    }
}
