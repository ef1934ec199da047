// Every metric that the result has: known ones by their names, others by the words of their keys, so that nothing that a
// later version measures is left out.

import { figureText, metricLabel, orderedKeys, wordsOf } from './figures.ts'
import { html, type Markup } from './markup.ts'
import type { Section } from './page.ts'
import type { BacktestFacts, Figures } from './report-data.ts'

/** Figures that stand in a table of their own, or that the page shows in another section. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'buyAndHold',
  'long',
  'short',
  'monthlyReturns',
  'yearlyReturns',
  'exitsByReason',
])

type Column = { readonly title: string; readonly figures: Figures }

export function metricsSection({ metrics }: Pick<BacktestFacts, 'metrics'>): Section {
  const part = (key: string): Figures => (metrics[key] ?? {}) as Figures
  const columns: Column[] = [
    { title: 'Strategy', figures: metrics },
    { title: 'Buy & hold', figures: part('buyAndHold') },
  ]
  const keys = orderedKeys(scalarsOf(metrics))
  const half = Math.ceil(keys.length / 2)
  const sides: Column[] = [
    { title: 'Long', figures: part('long') },
    { title: 'Short', figures: part('short') },
  ]
  const ofSides = orderedKeys(sides.flatMap(({ figures }) => scalarsOf(figures)))
  const groups = Object.entries(metrics).filter(
    ([key, value]) => !ELSEWHERE.has(key) && typeof value === 'object' && value !== null,
  )
  return {
    id: 'metrics',
    title: 'All metrics',
    short: 'Metrics',
    body: html`<div class="columns">
        ${figuresTable(keys.slice(0, half), columns)} ${figuresTable(keys.slice(half), columns)}
      </div>
      ${ofSides.length > 0 && folded('Long and short', figuresTable(ofSides, sides))}
      ${groups.map(([key, value]) => groupTable(wordsOf(key), value as Figures))}`,
  }
}

function scalarsOf(figures: Figures): string[] {
  return Object.keys(figures).filter(
    (key) => typeof figures[key] === 'number' || figures[key] === null,
  )
}

/** A row for each metric. */
function figuresTable(keys: readonly string[], columns: readonly Column[]): Markup {
  const row = (key: string): Markup => {
    const { label, unit } = metricLabel(key)
    const cell = ({ figures }: Column): Markup =>
      html`<td>${key in figures ? figureText(figures[key], unit) : ''}</td>`
    return html`<tr>
      <th scope="row">${label}</th>
      ${columns.map(cell)}
    </tr>`
  }
  return html`<table class="list">
    <thead>
      <tr>
        <th scope="col">Metric</th>
        ${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${keys.map(row)}
    </tbody>
  </table>`
}

/** Figures that belong together, whatever they are: the first of a list's entry names it, e.g. the weekday. */
function groupTable(title: string, group: Figures | readonly Figures[]): Markup | null {
  const entries: (readonly [string, unknown])[] = Array.isArray(group)
    ? group.map((item: Figures) => {
        const [[, name] = [], ...rest] = Object.entries(item)
        return [String(name), Object.fromEntries(rest)] as const
      })
    : Object.entries(group)
  const first = entries[0]?.[1]
  if (first === undefined) return null
  if (typeof first !== 'object' || first === null)
    return folded(
      title,
      figuresTable(Object.keys(group), [{ title: '', figures: group as Figures }]),
    )
  const keys = Object.keys(first)
  return folded(
    title,
    html`<table class="list">
      <thead>
        <tr>
          <th scope="col"></th>
          ${keys.map((key) => html`<th scope="col">${metricLabel(key).label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${entries.map(
          ([name, figures]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${keys.map((key) => html`<td>${cellText(key, (figures as Figures)[key])}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`,
  )
}

function folded(title: string, table: Markup): Markup {
  return html`<details>
    <summary>${title}</summary>
    <div class="scroll" tabindex="0">${table}</div>
  </details>`
}

function cellText(key: string, value: unknown): string {
  return typeof value === 'string' ? value : figureText(value, metricLabel(key).unit)
}
