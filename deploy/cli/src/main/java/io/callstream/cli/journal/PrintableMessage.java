package io.callstream.cli.journal;

import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.callstream.cli.Printable;

/** Makes a log message and its exception safe to print: both can quote a record or a broker's answer. */
public final class PrintableMessage extends ThrowableHandlingConverter {

    @Override
    public String convert(ILoggingEvent event) {
        String message = Printable.line(event.getFormattedMessage());
        return event.getThrowableProxy() == null
                ? message
                : message + '\n' + Printable.block(ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
}
