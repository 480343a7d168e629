/**
 * The gateway's own contract, served on the operators' port: the OpenAPI, AsyncAPI and JSON Schema files of the jar
 * {@code schemas}, and pages to read them in. Imports no other room.
 */
@NullMarked
package io.callstream.gateway.contract;

import org.jspecify.annotations.NullMarked;
