// The best objective where two parameters meet: a heat map that can be read, too.

import { figureText } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { rankedTrials, shareOf, type ParameterFacts, type SearchFacts } from './search-facts.ts'

/** More different values than this share bins. */
const MOST_VALUES = 10
const BINS = 6

type Bins = { readonly labels: readonly string[]; readonly binOf: (text: string) => number }

/** @param across and `down` are places of parameters */
export function heatTable(facts: SearchFacts, across: number, down: number): Markup {
  const { parameters, better, objective } = facts
  const ranked = rankedTrials(facts)
  const textsOf = (i: number): string[] => ranked.map(({ texts }) => texts[i]!)
  const [columns, rows] = [
    binsOf(parameters[across]!, textsOf(across)),
    binsOf(parameters[down]!, textsOf(down)),
  ]
  const cells = Map.groupBy(
    ranked,
    ({ texts }) => `${rows.binOf(texts[down]!)} ${columns.binOf(texts[across]!)}`,
  )
  const bestOf = (key: string): number | null => {
    const values = (cells.get(key) ?? []).map((row) => row.objective!)
    if (values.length === 0) return null
    return better === 'more' ? Math.max(...values) : Math.min(...values)
  }
  const sign = better === 'more' ? -1 : 1
  const order = [...cells.keys()].map((key) => bestOf(key)!).toSorted((a, b) => sign * (b - a))
  const shade = (value: number): number =>
    order.length < 2 ? 9 : Math.round((9 * order.indexOf(value)) / (order.length - 1))
  return html`<div class="scroll" tabindex="0">
    <table class="matrix meeting">
      <caption>
        Best ${objective} by ${parameters[down]!.name} (down) and ${parameters[across]!.name}
        (across)
      </caption>
      <thead>
        <tr>
          <th scope="col"></th>
          ${columns.labels.map((text) => html`<th scope="col">${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.labels.map(
          (text, row) =>
            html`<tr>
              <th scope="row">${text}</th>
              ${columns.labels.map((_, column) => {
                const key = `${row} ${column}`
                const best = bestOf(key)
                if (best === null) return html`<td class="none" title="no trial">·</td>`
                return html`<td
                  class="h${shade(best)}"
                  title="${cells.get(key)!.length} trials, the best ${figureText(best, 'number')}"
                >
                  ${figureText(best, 'number')}
                </td>`
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function binsOf(parameter: ParameterFacts, texts: readonly string[]): Bins {
  if (parameter.kind === 'choice')
    return { labels: parameter.values, binOf: (text) => parameter.values.indexOf(text) }
  const distinct = [...new Set(texts)].toSorted((a, b) => Number(a) - Number(b))
  if (distinct.length <= MOST_VALUES)
    return { labels: distinct, binOf: (text) => distinct.indexOf(text) }
  const binOf = (text: string): number =>
    Math.min(BINS - 1, Math.floor(BINS * shareOf(parameter, text)))
  const { low, high, isLog } = parameter
  const border = (i: number): string => {
    const share = i / BINS
    const value = isLog ? low * (high / low) ** share : low + (high - low) * share
    return figureText(Number(value.toPrecision(3)), 'number')
  }
  return {
    labels: Array.from({ length: BINS }, (_, i) => `${border(i)} … ${border(i + 1)}`),
    binOf,
  }
}
