// The words of a fuzzy set drawn over how often the data had each value: a word that covers no data is seen at once.

import { endsOf, histogram } from './histogram.ts'
import { html, type Markup } from './markup.ts'
import type { FuzzyFacts } from './report-data.ts'

const WIDTH = 400
const HEIGHT = 170
const BASE = 140
const TOP = 10
const LEFT = 8
const BINS = 60
const GRID = 200
/** Rare values on each side would squeeze all others together. */
const TAIL = 0.002

export function fuzzyFigure({ id, indicator, values, words, degreesAt }: FuzzyFacts): Markup {
  const ends = endsOf(values, TAIL)
  if (ends === null)
    return html`<figure>
      <figcaption><b>${id}</b> has no values.</figcaption>
    </figure>`
  const [from, to] = ends
  const grid = Float64Array.from({ length: GRID + 1 }, (_, i) => from + ((to - from) * i) / GRID)
  const degrees = degreesAt(grid)
  const { counts } = histogram(values, from, to, BINS)
  const most = Math.max(...counts)
  const binWidth = (WIDTH - 2 * LEFT) / BINS
  const bars = counts
    .map((count, i) => {
      const height = ((BASE - TOP) * count) / most
      return `M${short(LEFT + i * binWidth + 0.5)} ${BASE}v${short(-height)}h${short(binWidth - 1)}v${short(height)}z`
    })
    .join('')
  const lines = degrees.map((column) =>
    Array.from(column, (degree, i) => {
      const x = LEFT + ((WIDTH - 2 * LEFT) * i) / GRID
      return `${i === 0 ? 'M' : 'L'}${short(x)} ${short(BASE - (BASE - TOP) * degree)}`
    }).join(''),
  )
  return html`<figure class="fuzzy">
    <figcaption><b>${id}</b> of ${indicator}</figcaption>
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="Words of ${id}: ${words.join(', ')}, over the histogram of ${indicator} from ${axisText(from)} to ${axisText(to)}"
    >
      <path class="bins" d="${bars}" />
      <path class="axis" d="M${LEFT} ${BASE}H${WIDTH - LEFT}" />
      ${lines.map((d, i) => html`<path class="word w${i % 6}" d="${d}" />`)}
      ${[0, 0.5, 1].map((share) => axisLabel(from, to, share))}
    </svg>
    <p class="legend">
      ${words.map((word, i) => html`<span class="key w${i % 6}">${word}</span> `)}
    </p>
  </figure>`
}

function axisLabel(from: number, to: number, share: number): Markup {
  const x = LEFT + (WIDTH - 2 * LEFT) * share
  const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle'
  return html`<text x="${short(x)}" y="${BASE + 18}" text-anchor="${anchor}"
    >${axisText(from + (to - from) * share)}</text
  >`
}

function axisText(value: number): string {
  return String(Number(value.toPrecision(3)))
}

function short(value: number): string {
  return String(Number(value.toFixed(1)))
}
