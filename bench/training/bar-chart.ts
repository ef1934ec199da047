// Horizontal bars on a logarithmic axis as SVG text, for how many times as fast one thing is as another.

export type Bar = { readonly value: number; readonly series: number }
export type BarGroup = { readonly label: string; readonly bars: readonly Bar[] }
export type BarChart = {
  readonly title: string
  /** Names of the series, in the order of their numbers. */
  readonly series: readonly string[]
  readonly groups: readonly BarGroup[]
}

const LABEL_WIDTH = 170
const PLOT_WIDTH = 520
const VALUE_WIDTH = 60
const BAR = 11
const GAP = 8
const TOP = 58
const COLOURS = ['#3b7dd8', '#e0913a', '#5aa469', '#b0596b']
const TICKS = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128]

export function barChart({ title, series, groups }: BarChart): string {
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value))
  const low = Math.min(0.5, ...values)
  const high = Math.max(2, ...values)
  const x = (value: number): number =>
    LABEL_WIDTH + (Math.log(value / low) / Math.log(high / low)) * PLOT_WIDTH

  const width = LABEL_WIDTH + PLOT_WIDTH + VALUE_WIDTH
  let y = TOP
  const drawn = groups.map(({ label, bars }) => {
    const middle = y + (bars.length * BAR) / 2 + 4
    const parts = [text(LABEL_WIDTH - 8, middle, label, 'end')]
    for (const { value, series: number } of bars) {
      const [from, to] = [x(1), x(value)].toSorted((a, b) => a - b) as [number, number]
      parts.push(
        `<rect x="${round(from)}" y="${y}" width="${round(to - from)}" height="${BAR - 1}" fill="${COLOURS[number]}"/>`,
        text(to + 4, y + BAR - 2, `${value.toFixed(value < 10 ? 2 : 1)}×`, 'start', 10),
      )
      y += BAR
    }
    y += GAP
    return parts.join('')
  })
  const ticks = TICKS.filter((tick) => tick >= low && tick <= high).map(
    (tick) =>
      `<line x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${TOP - 6}" y2="${y}" class="${tick === 1 ? 'one' : 'tick'}"/>` +
      text(x(tick), TOP - 10, `${tick}×`, 'middle', 10),
  )
  const legend = series.map((name, number) => {
    const at = LABEL_WIDTH + number * 110
    return `<rect x="${at}" y="${y + 6}" width="10" height="10" fill="${COLOURS[number]}"/>${text(at + 15, y + 15, name)}`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 26}" viewBox="0 0 ${width} ${y + 26}" font-family="sans-serif">`,
    '<style>text{fill:#24292f}.tick{stroke:#8884}.one{stroke:#888}@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>',
    text(LABEL_WIDTH, 20, title, 'start', 15),
    ...ticks,
    ...drawn,
    ...legend,
    '</svg>',
    '',
  ].join('\n')
}

const round = (value: number): number => Math.round(value * 10) / 10

function text(
  x: number,
  y: number,
  content: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
  size = 12,
): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="${anchor}">${escaped}</text>`
}
