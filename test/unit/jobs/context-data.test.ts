import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/data/timestamp.ts'
import { loadContext } from '../../../src/jobs/context-data.ts'
import { csvText, tempFile } from '../../support/csv-files.ts'

// When the values of a series are known.

const START_MS = Date.UTC(2020, 0, 1)

function seriesFile(stampsMs: readonly number[]): string {
  const rows = stampsMs.map((ms, i) => [new Date(ms).toISOString(), String(i)])
  return tempFile(csvText(rows, 'date,value'), 'rates.csv')
}

/** Stamps `steps` days apart, in milliseconds. */
function stampsOf(steps: readonly number[]): number[] {
  const stamps = [START_MS]
  for (const step of steps) stamps.push(stamps.at(-1)! + step * DAY_MS)
  return stamps
}

async function knownMs(
  path: string,
  toMs: number | null = null,
  publicationLagMs: number | null = null,
): Promise<number[]> {
  const rates = { id: 'rates', difference: null, publicationLagMs }
  const request = { path, symbol: 'rates', used: null }
  const { series } = await loadContext([request], [rates], { fromMs: null, toMs })
  return [...series.get('rates')!.knownMs]
}

describe('a value of a series is known', () => {
  it('after the publication lag, where one is given', async () => {
    const stamps = stampsOf([1, 1, 5, 1])
    const lagMs = 3_600_000
    expect(await knownMs(seriesFile(stamps), null, lagMs)).toEqual(stamps.map((ms) => ms + lagMs))
  })

  it('else when the next is due, by the distances so far: a monthly past is not a daily one', async () => {
    const stamps = stampsOf([30, 30, 30, ...Array.from({ length: 20 }, () => 1)])
    const known = await knownMs(seriesFile(stamps))
    expect(known.slice(0, 3)).toEqual(stamps.slice(0, 3).map((ms) => ms + 30 * DAY_MS))
    expect(known.at(-1), 'in the end it is daily').toBe(stamps.at(-1)! + DAY_MS)
  })

  it('on a weekday of a daily series one day later, whatever its weekends', async () => {
    const stamps = stampsOf([1, 1, 3, 1, 1, 1, 1, 3, 1])
    expect(await knownMs(seriesFile(stamps))).toEqual(stamps.map((ms) => ms + DAY_MS))
  })

  it('or not at a moment, whatever comes after that', async () => {
    const steps = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 2, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (days, pick) => {
        const stamps = stampsOf(days)
        const path = seriesFile(stamps)
        const whole = await knownMs(path)
        const count = 2 + (pick % (stamps.length - 2))
        const early = await knownMs(path, stamps[count - 1]!)
        const moments = [...whole, ...early].filter((ms) => ms < stamps[count]!)
        const lastAt = (known: number[]) =>
          moments.map((now) => known.findLastIndex((ms) => ms <= now))
        expect(lastAt(early)).toEqual(lastAt(whole))
        expect(whole, 'in order').toEqual(whole.toSorted((a, b) => a - b))
        expect(whole.every((ms, i) => ms > stamps[i]!)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})
