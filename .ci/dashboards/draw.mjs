// Runs every query of every panel of a Grafana dashboard against a real Prometheus, as Grafana would, and draws the
// results as one page. Fails if Prometheus rejects a query, or if one that must have data has none.
//   draw.mjs DASHBOARD.json PROMETHEUS_URL SECONDS PAGE.html
import { readFileSync, writeFileSync } from 'node:fs'

const [file, prometheus, seconds, page] = process.argv.slice(2)
const dashboard = JSON.parse(readFileSync(file, 'utf8'))
const end = Math.floor(Date.now() / 1000)
const start = end - Number(seconds)
const step = 2
const variables = { instance: '.*', tenant: '.*', __rate_interval: '20s' }
const colors = ['#73bf69', '#f2cc0c', '#5794f2', '#ff9830', '#f2495c', '#b877d9', '#8ab8ff', '#fade2a', '#c0d8ff', '#96d98d']
const filled = expression => expression.replace(/\$(\w+)/g, (whole, name) => variables[name] ?? whole)
const failures = []
let queries = 0

async function range(expression) {
  const url = `${prometheus}/api/v1/query_range?${new URLSearchParams({ query: filled(expression), start, end, step })}`
  const answer = await (await fetch(url)).json()
  if (answer.status !== 'success') throw new Error(answer.error)
  return answer.data.result.map(series => ({ labels: series.metric, points: series.values.map(([time, value]) => [time, Number(value)]) }))
}

const legend = (format, labels) => format.replace(/\{\{(\w+)}}/g, (_, name) => labels[name] ?? '')
const text = value => String(value).replace(/[&<>]/g, c => `&#${c.charCodeAt(0)};`)
const UNITS = { percentunit: v => `${(100 * v).toPrecision(3)} %`, s: v => (v < 1 ? `${(1000 * v).toPrecision(3)} ms` : v > 86400 ? `${Math.round(v / 86400)} d` : v >= 600 ? `${Math.round(v / 60)} min` : `${v.toPrecision(3)} s`), bytes: v => `${(v / 2 ** 20).toFixed(1)} MiB`, cps: v => `${v.toFixed(1)}/s`, reqps: v => `${v.toFixed(1)}/s` }
const shown = (value, unit) => (UNITS[unit] ?? (v => String(+v.toFixed(1))))(value)

function statPanel(panel, series) {
  const { unit, thresholds, mappings } = panel.fieldConfig.defaults
  const value = series[0]?.points.at(-1)?.[1]
  const color = thresholds.steps.filter(each => each.value === null || value >= each.value).at(-1)?.color
  const mapped = mappings?.[0].options[value]?.text
  return `<div class="stat" style="background:${{ green: '#37872d', red: '#c4162a', orange: '#e0752d', blue: '#1f60c4' }[color]}">${value === undefined ? 'no data' : mapped ?? shown(value, unit)}</div>`
}

function graphPanel(panel, series, width, height) {
  const { unit, custom, max } = panel.fieldConfig.defaults
  const stacked = Boolean(custom.stacking)
  const below = new Map()
  const lines = series.map((one, i) => {
    const points = one.points.filter(([, value]) => Number.isFinite(value)).map(([time, value]) => {
      const base = stacked ? below.get(time) ?? 0 : 0
      below.set(time, base + value)
      return [time, base + value]
    })
    return { name: one.name, color: colors[i % colors.length], points }
  })
  const top = max ?? (Math.max(...lines.flatMap(line => line.points.map(([, value]) => value)), 0) * 1.1 || 1)
  const x = time => 60 + ((time - start) / (end - start)) * (width - 70)
  const y = value => height - 8 - (value / top) * (height - 16)
  const ticks = [0, 0.5, 1].map(part => `<text x="54" y="${y(part * top) + 4}" text-anchor="end">${shown(part * top, unit)}</text><line x1="60" x2="${width - 10}" y1="${y(part * top)}" y2="${y(part * top)}" class="grid"/>`)
  const paths = lines.map(line => {
    let previous
    const d = line.points.map(([time, value]) => {
      const gap = previous === undefined || time - previous > 3 * step
      previous = time
      return `${gap ? 'M' : 'L'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`
    }).join('')
    return `<path d="${d}" fill="none" stroke="${line.color}" stroke-width="1.5"/>`
  })
  const names = lines.map(line => `<span style="color:${line.color}">▬</span> ${text(line.name)}`).join('&ensp;')
  return `<svg width="${width}" height="${height}">${ticks.join('')}${paths.join('')}</svg><div class="legend">${names || 'no data'}</div>`
}

const html = []
const unit = 60
for (const panel of dashboard.panels) {
  const at = `left:${panel.gridPos.x * unit}px;top:${panel.gridPos.y * 34}px;width:${panel.gridPos.w * unit - 8}px;height:${panel.gridPos.h * 34 - 8}px`
  if (panel.type === 'row') {
    html.push(`<h2 style="${at}">${text(panel.title)}</h2>`)
    continue
  }
  const series = []
  for (const target of panel.targets) {
    queries++
    try {
      const result = await range(target.expr)
      if (result.length === 0) failures.push(`${panel.title}: no data for ${target.expr}`)
      result.forEach(one => series.push({ ...one, name: legend(target.legendFormat, one.labels) }))
    } catch (error) {
      failures.push(`${panel.title}: ${error.message}: ${target.expr}`)
    }
  }
  const width = panel.gridPos.w * unit - 24
  const body = panel.type === 'stat' ? statPanel(panel, series) : graphPanel(panel, series, width, panel.gridPos.h * 34 - 70)
  html.push(`<section style="${at}"><h3>${text(panel.title)}</h3>${body}</section>`)
}
writeFileSync(page, `<!doctype html><meta charset="utf-8"><title>${text(dashboard.title)}</title><style>
body { background: #111217; color: #ccccdc; font: 12px sans-serif; margin: 0; position: relative }
section, h2 { position: absolute; box-sizing: border-box; overflow: hidden } section { background: #181b1f; border: 1px solid #2d3036; padding: 6px }
h2 { font-size: 14px; margin: 4px } h3 { font-size: 12px; margin: 0 0 4px } .stat { font-size: 22px; color: #fff; padding: 14px; text-align: center; height: 50px }
.legend { height: 28px; overflow: hidden } text { fill: #9fa3ad; font-size: 10px } .grid { stroke: #2d3036 }
</style>${html.join('\n')}`)
console.log(`${dashboard.panels.filter(panel => panel.type !== 'row').length} panels, ${queries} queries`)
if (failures.length) {
  console.error(failures.join('\n'))
  process.exit(1)
}
