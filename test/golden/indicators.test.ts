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

/** Columns that upstream has no usable figures of, and why. */
const WITHOUT_FIGURES: Readonly<Record<string, string>> = {
  'supertrend.trend': 'NaN for ever, its bands start from NaN (W29); see below',
  'supertrend.direction': 'always 1 (W29); see below',
  'adline.smoothed': 'not declared there (W31)',
}

describe('upstream on 1 000 bars of the S&P 500 (test/golden/upstream), to 1e-9 relative', () => {
  const table = readTable('test/golden/upstream/indicators.csv')
  const bars = sliceBars(exampleBars(), 0, 1000)

  it.each([...INDICATORS.keys()])('%s', (type) => {
    for (const { output, values, warmup } of columnsOf(bars, type)) {
      const name = output === '' ? type : `${type}.${output}`
      if (Object.hasOwn(WITHOUT_FIGURES, name)) continue
      const expected = numberColumn(table, name)
      for (const [row, cell] of table['bar']!.entries()) {
        const bar = Number(cell)
        // Documented difference: upstream has unconverged, partial or neutral values during warm-up.
        const figure = bar < warmup ? NaN : expected[row]!
        const tolerance = Number.isNaN(figure) ? 0 : 1e-9 * Math.abs(figure) + 1e-12
        const error = distance(values[bar], figure)
        expect(error, `${name} at bar ${bar}`).toBeLessThanOrEqual(tolerance)
      }
    }
  })
})

// Up, flat, down, flat, up. The figures come from an independent re-implementation of upstream's formulas (SuperTrend: as
// they were meant); those of MACD, stochastic, ATR, Bollinger, CCI, parabolic SAR and Williams %R are also reference
// numbers in upstream's own tests.
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
  ['cci', {}, { 20: [57.142857], 25: [-175.438596], 30: [-161.111111], 49: [171.428571] }],
  [
    'parabolicsar',
    {},
    { 20: [108.9], 25: [110.177221], 30: [105.507762], 35: [101.132464], 49: [103.89052] },
  ],
  [
    'supertrend',
    {},
    {
      8: [NaN, NaN],
      9: [102.73, 1],
      14: [103.67, 1],
      19: [103.67, 1],
      24: [103.67, 1],
      29: [107.33, -1],
      34: [106.09, -1],
      39: [106, -1],
      44: [106, -1],
      49: [102.73, 1],
    },
  ],
  [
    'donchianchannels',
    {},
    {
      18: [NaN, NaN, NaN],
      19: [111.1, 105.05, 99],
      24: [111.1, 107.525, 103.95],
      29: [111.1, 105.545, 99.99],
      44: [106.05, 102.525, 99],
      49: [110.09, 104.545, 99],
    },
  ],
  [
    'keltnerchannels',
    {},
    {
      18: [NaN],
      19: [111.959139],
      24: [112.014246],
      29: [109.963295],
      34: [107.542031],
      39: [106.111077],
      44: [106.185814],
      49: [108.315486],
    },
  ],
  ['vwap', {}, { 18: [NaN], 19: [107.25], 24: [108.75], 34: [105.25], 44: [101.25], 49: [102.25] }],
  [
    'aroon',
    {},
    {
      12: [NaN, NaN, NaN],
      14: [71.428571, 7.142857, 64.285714],
      19: [35.714286, 7.142857, 28.571429],
      24: [7.142857, 100, -92.857143],
      34: [7.142857, 71.428571, -64.285714],
      39: [7.142857, 35.714286, -28.571429],
      44: [100, 7.142857, 92.857143],
    },
  ],
  ['mfi', {}, { 13: [NaN], 14: [100], 19: [100], 24: [0], 39: [0], 44: [100], 49: [100] }],
  [
    'fishertransform',
    {},
    {
      10: [NaN, NaN], // the average of three warms up until bar 11
      14: [0.917356],
      19: [0.23798],
      24: [-0.639617],
      29: [-1.085607],
      34: [-0.963813],
      39: [-0.255292],
      44: [0.642944],
      49: [1.051186],
    },
  ],
  [
    'bollingerbandwidth',
    {},
    { 18: [NaN], 19: [0.130816], 24: [0.061865], 34: [0.159284], 44: [0.066447], 49: [0.121656] },
  ],
  ['squeezeintensity', {}, { 18: [NaN], 19: [0], 29: [0], 39: [0], 49: [0] }],
  [
    'distancefromma',
    {},
    {
      18: [NaN],
      19: [2.564103],
      24: [-2.528736],
      29: [-6.264501],
      39: [-2.676399],
      49: [6.601467],
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
