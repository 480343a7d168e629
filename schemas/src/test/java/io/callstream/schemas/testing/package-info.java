/** The contract as a judge, for the tests of whoever writes to the topics. */
package io.callstream.schemas.testing;
