import { describe, expect, it } from 'vitest'
import { measureBarsPerYear } from '../../../src/performance/bars-per-year.ts'
import { barsOf, HOUR_MS } from '../../support/simulations.ts'

function barsAt(timestampMs: readonly number[]) {
  const prices = timestampMs.map(() => 100)
  return barsOf(prices, prices, timestampMs)
}

/** A bar every `stepMs` from one date to before another, on weekdays or all days. */
function calendar(from: string, to: string, stepMs: number, weekdaysOnly = false) {
  const times: number[] = []
  for (let time = Date.parse(from); time < Date.parse(to); time += stepMs)
    if (!weekdaysOnly || (new Date(time).getUTCDay() + 6) % 7 < 5) times.push(time)
  return barsAt(times)
}

const DAY_MS = 24 * HOUR_MS

/** Timestamps of 500 hourly bars. */
function denser(from: number): number[] {
  return Array.from({ length: 500 }, (_, i) => from + i * HOUR_MS)
}

describe('bars per year (C7)', () => {
  it('are the median of the whole calendar years', () => {
    const weekdays = calendar('2019-06-01', '2023-03-01', DAY_MS, true)
    expect(measureBarsPerYear(weekdays, 0, weekdays.length), '262, 261, 260').toBe(261)
    const twoYears = calendar('2019-06-01', '2022-03-01', DAY_MS)
    expect(measureBarsPerYear(twoYears, 0, twoYears.length), '366 and 365').toBe(365.5)
  })

  it('are bars over elapsed years when there is no whole year', () => {
    const hours = calendar('2024-02-01', '2024-05-01', HOUR_MS)
    expect(measureBarsPerYear(hours, 0, hours.length)).toBeCloseTo(365.25 * 24, 8)
  })

  it('come from the range only, not from what lies around it', () => {
    const days = Array.from({ length: 90 }, (_, i) => i * DAY_MS)
    const around = barsAt([...denser(-500 * HOUR_MS), ...days, ...denser(90 * DAY_MS)])
    expect(measureBarsPerYear(around, 500, 590)).toBe(measureBarsPerYear(barsAt(days), 0, 90))
  })

  it('are unknown for fewer than two bars', () => {
    expect(measureBarsPerYear(barsAt([0, 1000]), 0, 1)).toBeNull()
  })
})
