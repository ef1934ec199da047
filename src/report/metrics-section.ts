// Every metric that the result has: known ones by their names, others by the words of their keys, so that nothing that a
// later version measures is left out.

import { figureText, metricLabel, orderedKeys, wordsOf } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { factTable, type Section } from './page.ts'
import type { BacktestFacts, Figures } from './report-data.ts'

export function metricsSection({ metrics }: BacktestFacts): Section {
  const hold = (metrics['buyAndHold'] ?? {}) as Figures
  const scalars = Object.keys(metrics).filter(
    (key) => typeof metrics[key] === 'number' || metrics[key] === null,
  )
  const row = (key: string): Markup => {
    const { label, unit } = metricLabel(key)
    return html`<tr>
      <th scope="row">${label}</th>
      <td>${figureText(metrics[key], unit)}</td>
      <td>${key in hold ? figureText(hold[key], unit) : ''}</td>
    </tr>`
  }
  const groups = Object.entries(metrics).filter(
    ([key, value]) => key !== 'buyAndHold' && typeof value === 'object' && value !== null,
  )
  const keys = orderedKeys(scalars)
  const half = Math.ceil(keys.length / 2)
  const table = (part: readonly string[]): Markup =>
    html`<table class="list">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col">Strategy</th>
          <th scope="col">Buy &amp; hold</th>
        </tr>
      </thead>
      <tbody>
        ${part.map(row)}
      </tbody>
    </table>`
  return {
    id: 'metrics',
    title: 'All metrics',
    short: 'Metrics',
    body: html`<div class="columns">${table(keys.slice(0, half))} ${table(keys.slice(half))}</div>
      ${groups.map(([key, value]) => groupTable(wordsOf(key), value as Figures | readonly Figures[]))}`,
  }
}

/** Figures that belong together, whatever they are: a row for each, or a column for each of their keys. */
function groupTable(title: string, group: Figures | readonly Figures[]): Markup | null {
  const rows: (readonly [string, unknown])[] = Array.isArray(group)
    ? group.map((item, i) => [String(i + 1), item] as const)
    : Object.entries(group)
  const first = rows[0]?.[1]
  if (first === undefined) return null
  if (typeof first !== 'object' || first === null)
    return html`<details>
      <summary>${title}</summary>
      ${factTable(
        rows.map(([key, value]) => {
          const { label, unit } = metricLabel(key)
          return [/^\d/.test(key) ? key : label, figureText(value, unit)] as const
        }),
      )}
    </details>`
  const keys = Object.keys(first)
  return html`<details>
    <summary>${title}</summary>
    <table class="list">
      <thead>
        <tr>
          <th scope="col"></th>
          ${keys.map((key) => html`<th scope="col">${metricLabel(key).label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([key, item]) =>
            html`<tr>
              <th scope="row">${/^\d/.test(key) ? key : wordsOf(key)}</th>
              ${keys.map((column) => html`<td>${cellText(column, (item as Figures)[column])}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`
}

function cellText(key: string, value: unknown): string {
  return typeof value === 'string' ? value : figureText(value, metricLabel(key).unit)
}
