// Fails for anything that AsyncAPI's own parser has to say of the document at the address given.
import { Parser, fromURL } from '@asyncapi/parser'

const { document, diagnostics } = await fromURL(new Parser(), process.argv[2]).parse()
for (const { severity, path, message } of diagnostics) {
  console.error(`${severity} ${path.join('.')}: ${message}`)
}
if (!document || diagnostics.length > 0) process.exit(1)
console.log(`asyncapi.yaml: ${document.allMessages().length} messages, nothing to say`)
