/**
 * Receives callbacks over HTTP: the addresses that the platform posts to, the forms of its bodies, and the answers. May
 * import {@code security}, {@code codec}, {@code journal} and {@code metrics}.
 *
 * <pre>
 * socket ► RequestGate ► ConnectionHandler ► HTTP codec ► RequestHeadHandler    order and limit requests
 *        ► CallbackHandler                                                      answers
 *             ► WholeBody                                                       receives the body
 *             ► Batch ► CallbackBody ► UrlencodedForm, MultipartForm            takes its items out
 *                     ► codec                                                   makes a record of each
 *             ► journal                                                         stores the records
 * </pre>
 *
 * <p>To see what happens to a callback, begin at {@code CallbackHandler}.
 */
@NullMarked
package io.callstream.gateway.ingress;

import org.jspecify.annotations.NullMarked;
