package io.callstream.schemas.page;

import com.samskivert.mustache.Mustache;
import io.callstream.schemas.page.SchemaTable.Field;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Fills the template {@code asyncapi.html} with the contents of {@code asyncapi.yaml}. The template uses the component
 * names of the records below. Every {@code description} is HTML; all other values are text.
 */
public final class AsyncApiPage {

    /**
     * The page shows the topic as the channel's address, and each member of {@code topicConfiguration} as a setting.
     */
    private static final Set<String> NO_SETTINGS = Set.of("topic", "topicConfiguration", "bindingVersion");

    private AsyncApiPage() {}

    record Page(
            String title,
            String version,
            String description,
            Link license,
            Link contact,
            Link externalDocs,
            List<Named> tags,
            List<Server> servers,
            List<Channel> channels,
            List<Operation> operations,
            List<Named> security) {}

    record Link(String text, String url) {}

    /** @param value a type, a default or a setting's value; can be empty */
    record Named(String name, String value, String description) {}

    record Server(String name, String url, String description, List<Named> variables, List<String> security) {}

    record Channel(
            String address,
            String title,
            String description,
            List<Field> keys,
            List<Named> settings,
            List<Operation> operations,
            List<Message> messages) {}

    record Operation(String id, String title, String summary, String action, String address) {}

    record Message(
            String id,
            String name,
            String title,
            String summary,
            String contentType,
            SchemaTable payload,
            SchemaTable headers) {}

    /** Writes the page to a file. The only argument is the file's path. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, html());
    }

    static String html() {
        return Mustache.compiler()
                .emptyStringIsFalse(true)
                .withLoader(AsyncApiPage::template)
                .loadTemplate("asyncapi.html")
                .execute(page(Place.file("asyncapi.yaml")));
    }

    private static Reader template(String name) {
        return new InputStreamReader(
                Objects.requireNonNull(AsyncApiPage.class.getResourceAsStream(name), name), StandardCharsets.UTF_8);
    }

    private static Page page(Place document) {
        Place info = document.get("info");
        List<Operation> operations = document.get("operations")
                .members()
                .map(AsyncApiPage::operation)
                .toList();
        return new Page(
                info.text("title"),
                info.text("version"),
                description(info),
                link(info.get("license"), "name"),
                link(info.get("contact"), "name"),
                link(info.get("externalDocs"), "description"),
                info.get("tags")
                        .items()
                        .map(tag -> new Named(tag.text("name"), "", description(tag)))
                        .toList(),
                document.get("servers").members().map(AsyncApiPage::server).toList(),
                document.get("channels")
                        .members()
                        .map(channel -> channel(channel.getValue(), operations))
                        .toList(),
                operations,
                named(document.get("components").get("securitySchemes"), "type"));
    }

    private static Link link(Place place, String text) {
        return new Link(place.text(text), place.text("url"));
    }

    private static List<Named> named(Place all, String value) {
        return all.members()
                .map(one -> new Named(one.getKey(), one.getValue().text(value), description(one.getValue())))
                .toList();
    }

    private static Server server(Map.Entry<String, Place> named) {
        Place server = named.getValue();
        return new Server(
                named.getKey(),
                server.text("protocol") + "://" + server.text("host") + server.text("pathname"),
                description(server),
                named(server.get("variables"), "default"),
                server.get("security")
                        .items()
                        .map(scheme -> scheme.text("type"))
                        .toList());
    }

    private static Operation operation(Map.Entry<String, Place> named) {
        Place operation = named.getValue();
        return new Operation(
                named.getKey(),
                operation.text("title"),
                operation.text("summary"),
                operation.text("action"),
                operation.get("channel").text("address"));
    }

    private static Channel channel(Place channel, List<Operation> operations) {
        String address = channel.text("address");
        List<Map.Entry<String, Place>> messages =
                channel.get("messages").members().toList();
        return new Channel(
                address,
                channel.text("title"),
                description(channel),
                messages.stream()
                        .map(message ->
                                message.getValue().get("bindings").get("kafka").get("key"))
                        .distinct()
                        .flatMap(key -> SchemaTable.fields(address, "", "key", List.of(key), false).stream())
                        .toList(),
                settings(channel.get("bindings").get("kafka")),
                operations.stream()
                        .filter(operation -> operation.address().equals(address))
                        .toList(),
                messages.stream().map(AsyncApiPage::message).toList());
    }

    private static List<Named> settings(Place kafka) {
        return Stream.concat(kafka.members(), kafka.get("topicConfiguration").members())
                .filter(setting -> !NO_SETTINGS.contains(setting.getKey()))
                .map(setting ->
                        new Named(setting.getKey(), setting.getValue().json().toString(), ""))
                .toList();
    }

    private static Message message(Map.Entry<String, Place> named) {
        String id = named.getKey();
        Place message = named.getValue();
        return new Message(
                id,
                message.text("name"),
                message.text("title"),
                message.text("summary"),
                message.text("contentType"),
                SchemaTable.of(message.get("payload"), id + ".payload"),
                SchemaTable.of(message.get("headers"), id + ".headers"));
    }

    private static String description(Place place) {
        return Markdown.html(place.text("description"));
    }
}
