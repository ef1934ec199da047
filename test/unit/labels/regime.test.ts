import { describe, expect, it } from 'vitest'
import type { RegimeSettings } from '../../../src/labels/label.ts'
import { labelRegimes, regimeLabels } from '../../../src/labels/regime.ts'
import { logReturns } from '../../../src/labels/volatility.ts'
import { barsFromCloses, makeBars } from '../../support/make-bars.ts'

const [UP, DOWN, RANGING, VOLATILE] = [0, 1, 2, 3]

const SETTINGS: RegimeSettings = {
  source: 'regime',
  macroAtrMultiplier: 3,
  microAtrMultiplier: 1,
  atrPeriod: 2,
  volLookback: 1000, // no bar is volatile before it
  volCrisisThreshold: 2,
  progressionTolerance: 0.5,
}

// A wide swing up to bar 7, turned at bar 8, and one down to bar 14, turned at bar 15. Every bar is a narrow extreme.
const CLOSES = [100, 110, 105, 116, 104, 122, 117, 128, 100, 104, 96, 101, 92, 97, 88, 104]
const close = Float64Array.from(CLOSES)

describe('a wide swing', () => {
  const segments = (micro: number, settings: Partial<RegimeSettings>): (number | undefined)[] => {
    const { values } = labelRegimes(close, 0.15, micro, { ...SETTINGS, ...settings })
    const [up, down] = [values.subarray(0, 7), values.subarray(7, 14)]
    expect(new Set(up).size + new Set(down).size, 'one class each').toBe(2)
    expect([...values.subarray(14)], 'no label where it has not turned').toEqual([NaN, NaN])
    return [up[0], down[0]]
  }

  it('trends when enough of its lows rise, or of its highs fall', () => {
    // Lows 100, 105, 104, 117: two of three rise. Highs 128, 104, 101, 97: all fall.
    expect(segments(0.03, { progressionTolerance: 0.66 }), 'two of three').toEqual([UP, DOWN])
    expect(segments(0.03, { progressionTolerance: 0.67 }), 'too few').toEqual([RANGING, DOWN])
    expect(segments(0.03, { progressionTolerance: 1 }), 'all').toEqual([RANGING, DOWN])
  })

  it('ranges when it has fewer than four narrow extremes', () => {
    expect(segments(0.15, {}), 'two each').toEqual([RANGING, RANGING])
    expect(segments(0.15, { progressionTolerance: 0 }), 'whatever the share').toEqual([
      RANGING,
      RANGING,
    ])
  })

  it('is decided by the bar that turns it, when the narrow extremes are certain by then', () => {
    const { endBar } = labelRegimes(close, 0.15, 0.03, SETTINGS)
    expect([...endBar], 'bars 8 and 15').toEqual([
      ...Array(7).fill(8),
      ...Array(7).fill(15),
      -1,
      -1,
    ])
    const late = labelRegimes(close, 0.15, 0.5, SETTINGS)
    expect([...late.endBar], 'no move of 50 %').toEqual(Array(16).fill(-1))
  })
})

it('a bar is volatile when the returns ahead deviate far more than those behind it', () => {
  const settings = { ...SETTINGS, atrPeriod: 4, volLookback: 20, volCrisisThreshold: 1.3 }
  const bars = makeBars(300, 7)
  const { values, endBar } = labelRegimes(bars.close, 0.05, 0.01, settings)
  const returns = logReturns(bars.close)
  let volatile = 0
  for (const [t, value] of values.entries()) {
    if (Number.isNaN(value)) continue
    if (t >= 20) expect(endBar[t], `bar ${t} looks 4 bars ahead`).toBeGreaterThanOrEqual(t + 4)
    const ahead = deviation(returns.subarray(t + 1, t + 5))
    const isVolatile = t >= 20 && ahead / deviation(returns.subarray(t - 19, t + 1)) > 1.3
    expect(value === VOLATILE, `bar ${t}`).toBe(isVolatile)
    if (isVolatile) volatile++
  }
  expect(volatile, 'some are').toBeGreaterThan(5)
})

it('after a market without moves no bar is volatile, for nothing was usual', () => {
  const closes = [...Array(10).fill(100), ...CLOSES]
  const settings = { ...SETTINGS, atrPeriod: 2, volLookback: 3, volCrisisThreshold: 2 }
  const { values } = labelRegimes(Float64Array.from(closes), 0.15, 0.03, settings)
  expect([...values.subarray(0, 11)], 'up to the first move').toEqual(Array(11).fill(UP))
})

it('a market without any range has no swings, though nothing is needed to make one', () => {
  const { endBar } = regimeLabels(barsFromCloses(Array(30).fill(100)), SETTINGS)
  expect(new Set(endBar), 'no labels').toEqual(new Set([-1]))
})

it('the thresholds are multiples of the median range so far, as a share of the median close', () => {
  // True ranges 2, 2, 2 …, closes 100: an ATR of 2 %, so 4 and 1 ATR are moves of 8 % and 2 %.
  const moves = [...Array(9).fill(100), 107, 100, 108, 99, 100]
  const bars = barsFromCloses(moves)
  bars.high.set(moves.map((price) => price + 1))
  bars.low.set(moves.map((price) => price - 1))
  const settings = { ...SETTINGS, macroAtrMultiplier: 4, microAtrMultiplier: 1 }
  const { endBar } = regimeLabels(bars, settings)
  expect(endBar[0], '+7 % begins no swing, +8 % does, and −8.3 % at bar 12 turns it').toBe(12)
  const wider = regimeLabels(bars, { ...settings, macroAtrMultiplier: 5 })
  expect(wider.endBar[0], 'nothing moves by 10 %').toBe(-1)
})

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}
