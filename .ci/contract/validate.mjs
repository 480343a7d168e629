// Validates records, as `kcat -J` prints them on its output, by the schemas of the gateway at the address given.
import Ajv from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { createInterface } from 'node:readline'

const contract = process.argv[2]
const ajv = formats(new Ajv({
  strict: true,
  allErrors: true,
  loadSchema: async name => (await fetch(`${contract}/schemas/${name}`)).json()
}))
const validators = new Map()
async function validator(name) {
  if (!validators.has(name)) validators.set(name, await ajv.compileAsync({ $ref: `${name}.v1.json` }))
  return validators.get(name)
}

const counts = {}
let wrong = 0
let strangers = 0
async function check(name, what, value) {
  const validate = await validator(name)
  counts[name] = (counts[name] ?? 0) + 1
  if (!validate(value)) {
    wrong++
    console.error(`${what}: ${ajv.errorsText(validate.errors)}`)
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const record = JSON.parse(line)
  const what = `${record.topic} ${record.partition}:${record.offset}`
  const headers = {}
  for (let i = 0; i < (record.headers ?? []).length; i += 2) headers[record.headers[i]] = record.headers[i + 1]
  if (!headers.ce_id && !headers['callstream-quarantine-id']) {
    strangers++
  } else if (record.topic === 'calls.quarantine') {
    await check('quarantine-headers', what, headers)
  } else if (record.topic === 'calls.state') {
    await check('state-headers', what, headers)
    await check('state', what, JSON.parse(record.payload))
  } else if (record.topic === 'calls.timeline') {
    await check('timeline-headers', what, headers)
    await check('timeline-event', what, JSON.parse(record.payload))
  } else {
    await check('event-headers', what, headers)
    await check(headers.ce_type.split('.').at(-2), what, JSON.parse(record.payload))
  }
}
console.log('ajv:', JSON.stringify(counts), `${wrong} wrong, ${strangers} of strangers`)
const seen = ['ring', 'answer', 'hangup', 'bill', 'unclassified', 'task', 'quarantine-headers', 'timeline-event', 'state']
const missing = seen.filter(name => !counts[name])
if (missing.length > 0) console.error(`FAILED: no record of ${missing} was in the topics`)
process.exit(wrong === 0 && missing.length === 0 ? 0 : 1)
