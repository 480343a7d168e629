/** Checks records against the contract, for the tests of modules that write to the topics. */
package io.callstream.schemas.testing;
