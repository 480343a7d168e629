// Checks a Grafana dashboard from standard input against Grafana's own types: the dashboard, and each panel's options,
// fields and queries by the panel's kind. A misspelt field, a wrong value, or two panels in one place are failures.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const KINDS = { stat: 'StatPanelCfg', timeseries: 'TimeSeriesPanelCfg' }
const dashboard = JSON.parse(readFileSync(0, 'utf8'))
const panels = dashboard.panels.filter(panel => panel.type !== 'row')
const failures = []

const file = fileURLToPath(new URL('node_modules/dashboard.ts', import.meta.url))
writeFileSync(file, `import type * as schema from '@grafana/schema'
// A JSON file has an enumeration's values, not its names.
type Json<T> = T extends string ? \`\${T}\` : T extends number | boolean | null | undefined ? T
  : T extends Array<infer E> ? Json<E>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T
type Query = { refId: string; expr: string; legendFormat?: string; instant?: boolean; range?: boolean }
type Annotation = schema.AnnotationQuery & { expr: string; titleFormat: string }
export const dashboard: Json<Omit<schema.Dashboard, 'annotations' | 'templating'>> = ${JSON.stringify({ ...dashboard, annotations: undefined, templating: undefined }, null, 1)}
export const annotations: Json<Annotation>[] = ${JSON.stringify(dashboard.annotations.list)}
export const variables: Json<Omit<schema.VariableModel, 'current'>>[] = ${JSON.stringify(dashboard.templating.list.map(each => ({ ...each, current: undefined })))}
${panels.map((panel, i) => `import type { Options as O${i}${panel.type === 'timeseries' ? `, FieldConfig as F${i}` : ''} } from './@grafana/schema/dist/esm/raw/composable/${panel.type}/panelcfg/x/${KINDS[panel.type]}_types.gen'
export const options${i}: Json<Partial<O${i}>> = ${JSON.stringify(panel.options)}
export const queries${i}: Query[] = ${JSON.stringify(panel.targets)}
${panel.type === 'timeseries' ? `export const fields${i}: Json<F${i}> = ${JSON.stringify(panel.fieldConfig.defaults.custom)}` : ''}`).join('\n')}
`)
const options = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2022 }
for (const each of ts.getPreEmitDiagnostics(ts.createProgram([file], options))) {
  const line = each.file?.getLineAndCharacterOfPosition(each.start).line
  failures.push(`${each.file?.text.split('\n')[line].trim().slice(0, 120)}: ${ts.flattenDiagnosticMessageText(each.messageText, '\n').slice(0, 300)}`)
}

const places = new Map()
for (const { id, title, gridPos: { x, y, w, h } } of dashboard.panels) {
  if (places.has(`id ${id}`)) failures.push(`"${title}" has the id of "${places.get(`id ${id}`)}"`)
  places.set(`id ${id}`, title)
  for (let i = x; i < x + w; i++) for (let j = y; j < y + h; j++) {
    if (places.has(`${i} ${j}`)) failures.push(`"${title}" is over "${places.get(`${i} ${j}`)}"`)
    places.set(`${i} ${j}`, title)
  }
}

for (const failure of [...new Set(failures)]) console.error(failure)
if (failures.length) process.exit(1)
console.log(`${dashboard.title}: ${panels.length} panels are valid by Grafana's types`)
