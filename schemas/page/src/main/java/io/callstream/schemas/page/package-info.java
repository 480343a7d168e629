/**
 * Generates the page of the Kafka topics, {@code contract/asyncapi.html}, from {@code asyncapi.yaml} and the JSON
 * Schemas that it refers to. The gateway's build runs {@link io.callstream.schemas.page.AsyncApiPage}. No released jar
 * contains this package.
 */
@NullMarked
package io.callstream.schemas.page;

import org.jspecify.annotations.NullMarked;
