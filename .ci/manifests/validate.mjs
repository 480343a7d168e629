// Validates Kubernetes manifests from standard input against the JSON schemas and, for misspelt fields, the types of
// Kubernetes, the Prometheus operator and Strimzi; then checks that each name that one manifest uses, another defines.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { parseAllDocuments } from 'yaml'

const CORE = 'kubernetes-models'
const GROUPS = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/monitoring.coreos.com',
  'kafka.strimzi.io': '@kubernetes-models/strimzi-kafka-operator/kafka.strimzi.io',
}
const failures = []

function path({ apiVersion, kind }) {
  const [version, group] = apiVersion.split('/').reverse()
  return group ? `${GROUPS[group] ?? `${CORE}/${group}`}/${version}/${kind}` : `${CORE}/${version}/${kind}`
}

// TypeScript refuses a literal with a field that its type does not have.
function misspelt(manifests) {
  const file = fileURLToPath(new URL('node_modules/manifests.ts', import.meta.url))
  writeFileSync(file, manifests.map((manifest, i) => `import type { I${manifest.kind} as T${i} } from '${path(manifest)}'
export const m${i}: T${i} = ${JSON.stringify(manifest, null, 1)}`).join('\n'))
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022 }
  return ts.getPreEmitDiagnostics(ts.createProgram([file], options)).map(each => ts.flattenDiagnosticMessageText(each.messageText, '\n'))
}

const manifests = parseAllDocuments(readFileSync(0, 'utf8')).map(document => {
  if (document.errors.length) throw document.errors[0]
  return document.toJS()
}).filter(Boolean)

for (const manifest of manifests) {
  const name = `${manifest.kind} ${manifest.metadata?.name}`
  try {
    const { [manifest.kind]: Model } = await import(path(manifest))
    new Model(manifest).validate()
  } catch (error) {
    failures.push(`${name}: ${error.message}`)
  }
}

failures.push(...misspelt(manifests))

const of = kind => manifests.filter(manifest => manifest.kind === kind)
const matches = (selector, labels) => Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value)
const check = (holds, sentence) => holds || failures.push(sentence)

const workloads = [...of('StatefulSet'), ...of('Deployment')]
const portsOf = workload => workload.spec.template.spec.containers.flatMap(container => container.ports.map(port => port.name))

for (const workload of workloads) {
  const { spec } = workload.spec.template
  const volumes = [...spec.volumes, ...(workload.spec.volumeClaimTemplates ?? []).map(claim => claim.metadata)].map(volume => volume.name)
  for (const container of spec.containers) {
    container.volumeMounts.forEach(mount => check(volumes.includes(mount.name), `no volume ${mount.name}`))
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      check(portsOf(workload).includes(container[probe].httpGet.port), `${probe}: no port ${container[probe].httpGet.port}`)
    }
  }
  const service = workload.spec.serviceName
  check(!service || of('Service').some(each => each.metadata.name === service), `no Service ${service}`)
  const maps = spec.volumes.flatMap(volume => volume.configMap?.name ?? [])
  maps.forEach(map => check(of('ConfigMap').some(each => each.metadata.name === map), `no ConfigMap ${map}`))
}
for (const selecting of workloads.length ? [...of('Service'), ...of('PodDisruptionBudget'), ...of('NetworkPolicy'), ...of('PodMonitor')] : []) {
  const { selector, podSelector } = selecting.spec
  const labels = podSelector?.matchLabels ?? selector.matchLabels ?? selector
  const selected = workloads.filter(workload => matches(labels, workload.spec.template.metadata.labels))
  check(Object.keys(labels).length > 0 && selected.length === 1, `${selecting.kind} ${selecting.metadata.name} selects ${selected.length} workloads`)
  const named = [
    ...(selecting.spec.ports ?? []).map(port => port.targetPort),
    ...(selecting.spec.podMetricsEndpoints ?? []).map(endpoint => endpoint.port),
    ...(selecting.spec.ingress ?? []).flatMap(rule => rule.ports.map(port => port.port)),
  ]
  selected.forEach(workload => named.forEach(port =>
    check(portsOf(workload).includes(port), `${selecting.kind} ${selecting.metadata.name}: no port ${port}`)))
}

if (failures.length || manifests.length === 0) {
  console.error(failures.length ? failures.join('\n') : 'no manifests')
  process.exit(1)
}
console.log(`${manifests.length} manifests are valid: ${manifests.map(manifest => manifest.kind).join(', ')}`)
