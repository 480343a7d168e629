/**
 * Serves the gateway's contract on the operators' port: the OpenAPI, AsyncAPI and JSON Schema files of the jar
 * {@code schemas}, and pages to read them. Imports none of the gateway's other packages.
 */
@NullMarked
package io.callstream.gateway.contract;

import org.jspecify.annotations.NullMarked;
