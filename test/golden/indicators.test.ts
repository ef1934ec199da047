import { describe, expect, it } from 'vitest'
import { sliceBars, type Bars } from '../../src/data/bars.ts'
import { INDICATORS } from '../../src/indicators/catalog.ts'
import { checkParameters } from '../../src/indicators/compute.ts'
import { distance } from '../support/distance.ts'
import { exampleBars } from '../support/example-bars.ts'
import { barsFromCloses } from '../support/make-bars.ts'
import { numberColumn, readTable } from '../support/read-table.ts'

/** Columns of the indicator by the names of its outputs, blank or not, and their warm-ups. */
function columnsOf(bars: Bars, type: string, given: Record<string, unknown> = {}) {
  const indicator = INDICATORS.get(type)!
  const { parameters, problems } = checkParameters(indicator, given)
  expect(problems, `parameters of ${type}`).toEqual([])
  const names = indicator.outputs.length > 0 ? indicator.outputs : ['']
  const warmup = indicator.warmup(parameters)
  return indicator
    .compute(bars, parameters)
    .map((values, i) => ({ output: names[i]!, values, warmup: warmup[i]! }))
}

describe('upstream on 1 000 bars of the S&P 500 (test/golden/upstream), to 1e-9 relative', () => {
  const table = readTable('test/golden/upstream/indicators.csv')
  const bars = sliceBars(exampleBars(), 0, 1000)

  it.each([...INDICATORS.keys()])('%s', (type) => {
    for (const { output, values, warmup } of columnsOf(bars, type)) {
      const name = output === '' ? type : `${type}.${output}`
      const expected = numberColumn(table, name)
      for (const [row, cell] of table['bar']!.entries()) {
        const bar = Number(cell)
        // Documented difference: upstream has unconverged or neutral values during warm-up.
        const figure = bar < warmup ? NaN : expected[row]!
        const tolerance = bar < warmup ? 0 : 1e-9 * Math.abs(figure) + 1e-12
        const error = distance(values[bar], figure)
        expect(error, `${name} at bar ${bar}`).toBeLessThanOrEqual(tolerance)
      }
    }
  })
})

// Up, flat, down, flat, up. The figures come from an independent re-implementation of upstream's formulas; those of
// MACD, stochastic, ATR, Bollinger and Williams %R are also reference numbers in upstream's own tests.
const r50 = barsFromCloses(
  [
    ...Array.from({ length: 10 }, (_, i) => 100 + i),
    ...Array.from({ length: 10 }, () => 110),
    ...Array.from({ length: 10 }, (_, i) => 110 - i),
    ...Array.from({ length: 10 }, () => 100),
    ...Array.from({ length: 10 }, (_, i) => 100 + i),
  ],
  (close) => close * 1.01,
  (close) => close * 0.99,
)

type Figures = Readonly<Record<number, readonly number[]>>
const R50_FIGURES: readonly (readonly [string, Record<string, unknown>, Figures])[] = [
  [
    'macd',
    {},
    {
      30: [-0.963307, NaN, NaN], // the signal warms up until bar 33
      35: [-1.718724, -0.964457, -0.754267],
      40: [-1.630868, -1.45093, -0.179939],
      45: [-0.431587, -1.068918, 0.637331],
      49: [0.928795, -0.137564, 1.066359],
    },
  ],
  [
    'stochastic',
    {},
    {
      20: [81.827215, 84.197784],
      25: [17.529811, 23.625031],
      30: [9.144808, 10.224759],
      35: [9.06741, 8.615742],
      40: [16.873801, 14.598416],
      45: [82.470234, 76.471429],
      49: [89.219969, 88.017223],
    },
  ],
  ['atr', {}, { 20: [2.191429], 30: [2.121429], 40: [2.008571], 49: [2.064286] }],
  [
    'bollingerbands',
    {},
    {
      20: [113.969663, 107.75, 101.530337],
      30: [114.265021, 107.25, 100.234979],
      49: [108.469663, 102.25, 96.030337],
    },
  ],
  ['williamsr', {}, { 20: [-21.276596], 30: [-91.735537], 49: [-9.828674] }],
  [
    'rsi',
    {},
    {
      13: [NaN],
      14: [100],
      20: [100],
      25: [50.517231],
      30: [29.42581],
      40: [29.42581],
      49: [80.837733],
    },
  ],
  [
    'exponentialmovingaverage',
    { period: 5 },
    { 3: [NaN], 9: [107.176476], 19: [109.95187], 29: [102.947104], 49: [107.052911] },
  ],
  [
    'exponentialmovingaverage',
    { period: 5, adjust: false },
    { 3: [NaN], 9: [107.052025], 19: [109.948878], 29: [102.947089], 49: [107.052911] },
  ],
  [
    'exponentialmovingaverage',
    { period: 10 },
    { 9: [106.053089], 14: [108.682473], 24: [108.303812], 34: [101.71546], 44: [101.747177] },
  ],
  [
    'simplemovingaverage',
    { period: 10 },
    { 8: [NaN], 9: [104.5], 29: [105.5], 34: [101.5], 44: [101] },
  ],
  [
    'weightedmovingaverage',
    { period: 10 },
    { 8: [NaN], 9: [106], 14: [109.363636], 24: [108.363636], 34: [100.636364], 44: [101.636364] },
  ],
  [
    'adx',
    {},
    {
      14: [NaN, 18.725815, 0], // the ADX warms up until bar 27
      28: [57.533114, 6.567591, 20.881791],
      30: [57.888804, 5.703933, 24.613982],
      40: [60.235588, 2.791483, 12.045988],
      49: [49.507676, 25.057063, 6.096347],
    },
  ],
]

describe('an independent calculation on 50 made-up bars, to 1e-6', () => {
  it.each(R50_FIGURES)('%s %j', (type, given, figures) => {
    const columns = columnsOf(r50, type, given)
    for (const [bar, expected] of Object.entries(figures)) {
      const actual = columns.map(({ values }) => values[Number(bar)]!)
      for (const [i, value] of expected.entries()) {
        expect(distance(actual[i], value), `output ${i} at bar ${bar}`).toBeLessThan(1e-6)
      }
    }
  })
})
