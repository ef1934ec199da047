import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cursor, Progress } from '../../../src/core/operation.ts'
import { progressLine, type Pace } from '../../../src/terminal/progress-line.ts'

const epoch = (at: number, of: number): Cursor => ({ unit: 'epoch', at, of, within: null })

const TRAINING: Progress = {
  cursor: epoch(29, 100),
  doneRatio: 0.29,
  metrics: { trainLoss: 0.28, valLoss: 0.31, bestValLoss: 0.29, bestEpoch: 25 },
}
const PACE: Pace = { msPerUnit: 1900, etaMs: 135_000 }

const lineAt = (columns: number, unicode = true): string =>
  progressLine(TRAINING, PACE, epoch(28, 100), { columns, unicode })

describe('the progress line', () => {
  // The order of the picture in the design: position, bar, share, figures, rate, time left, last save.
  it.each([
    [
      140,
      'epoch 29/100   ▓▓▓▓▓▓▓░░░░░░░░░░░░░░░░░   29%  train 0.2800  val 0.3100  best 0.2900 @ 25  1.9s/epoch  ETA 2m 15s  saved @ 28',
    ],
    [
      120,
      'epoch 29/100   ▓▓▓▓▓░░░░░░░░░░░   29%  train 0.2800  val 0.3100  best 0.2900 @ 25  1.9s/epoch  ETA 2m 15s  saved @ 28',
    ],
    [82, 'epoch 29/100   ▓▓░░░░░░   29%  train 0.2800  val 0.3100  ETA 2m 15s  saved @ 28'],
    [80, 'epoch 29/100   ▓▓▓▓▓░░░░░░░░░░░   29%  train 0.2800  val 0.3100  ETA 2m 15s'],
    [60, 'epoch 29/100   ▓▓░░░░░░   29%  train 0.2800  ETA 2m 15s'],
    [44, 'epoch 29/100   ▓▓░░░░░░   29%  ETA 2m 15s'],
    [40, 'epoch 29/100   ▓▓▓▓▓░░░░░░░░░░░   29%'],
    [20, 'epoch 29/100  29%'],
    [16, '29/100  29%'],
    [10, '29%'],
  ])('at %d columns', (columns, line) => {
    expect(lineAt(columns)).toBe(line)
  })

  it('draws the loss so far where there is room and a symbol for it, always as wide', () => {
    const losses = [0.9, 0.7, 0.5, 0.4, 0.35]
    const at = (columns: number, some: readonly number[], unicode = true): string =>
      progressLine(TRAINING, PACE, epoch(28, 100), { columns, unicode, losses: some })
    expect(at(140, losses)).toBe(
      'epoch 29/100   ▓▓▓▓▓▓▓░░░░░░░░░░░░░░░░░   29%  train 0.2800  val 0.3100  best 0.2900 @ 25  █▅▃▂▁       1.9s/epoch  ETA 2m 15s  saved @ 28',
    )
    expect(at(80, losses), 'before anything else it goes').toBe(lineAt(80))
    expect(at(140, losses, false)).toBe(lineAt(140, false))
    expect(at(140, losses.slice(0, 1)), 'a point is no curve').toBe(lineAt(140))
    const place = (some: readonly number[]): number => at(140, some).indexOf('1.9s/epoch')
    expect(place([0.9, 0.8])).toBe(place(losses))
  })

  it('takes a terminal that reports 0 columns for one of 80', () => {
    expect(lineAt(0)).toBe(lineAt(80))
  })

  it('uses no symbols where the terminal may not have them', () => {
    expect(lineAt(80, false)).toMatch(/^[\x20-\x7e]+$/)
  })

  it('leaves out what is not known yet', () => {
    const fresh = { cursor: epoch(0, 100), doneRatio: 0, metrics: { trainLoss: null, trades: 0 } }
    const pace = { msPerUnit: null, etaMs: null }
    expect(progressLine(fresh, pace, null, { columns: 120, unicode: false })).toBe(
      'epoch 0/100    ------------------------    0%  trades 0',
    )
  })

  it('moves within an epoch that takes long, and shows no batches of one that does not', () => {
    const at = (batch: number, msPerUnit: number | null, columns = 90): string =>
      progressLine(
        {
          cursor: { ...epoch(2, 10), within: { unit: 'batch', at: batch, of: 400 } },
          doneRatio: 0.2 + batch / 4000,
          metrics: {},
        },
        { msPerUnit, etaMs: 100_000 },
        { ...epoch(0, 10), within: { unit: 'batch', at: 7, of: 400 } },
        { columns, unicode: false },
      )
    expect(at(9, 600_000)).toBe(
      'epoch 2/10   ##------   20%  batch 9/400    10m/epoch  ETA 1m 40s  saved @ batch 7',
    )
    expect(at(120, 600_000, 45), 'more than the time left').toBe(
      'epoch 2/10   ##------   23%  batch 120/400',
    )
    expect(at(9, null), 'nobody knows yet').toContain('batch 9/400')
    expect(at(9, 1900)).not.toContain('batch 9/400')
  })

  it('does not shift from one epoch to the next', () => {
    const at = (epochs: number, trainLoss: number): string =>
      progressLine(
        { cursor: epoch(epochs, 100), doneRatio: epochs / 100, metrics: { trainLoss } },
        { msPerUnit: 1900, etaMs: 135_000 },
        null,
        { columns: 100, unicode: false },
      )
    const columns = [at(1, 0.8695), at(10, 0.87), at(99, 0.9)].map((line) =>
      line.indexOf('1.9s/epoch'),
    )
    expect(new Set(columns).size, 'the rate stands where it stood').toBe(1)
  })

  it('counts in the unit that says more: seconds an epoch, or bars a second', () => {
    const bars: Progress = {
      cursor: { ...epoch(7000, 35_000), unit: 'bar' },
      doneRatio: 0.2,
      metrics: {},
    }
    const style = { columns: 120, unicode: false }
    const rate = (msPerUnit: number): string =>
      progressLine(bars, { msPerUnit, etaMs: 1000 }, null, style)
    expect(rate(0.25)).toContain('4 000 bars/s')
    expect(rate(2500)).toContain('2.5s/bar')
  })

  it('is never longer than the terminal is wide, whatever it has to say', () => {
    const units = fc.nat({ max: 1_000_000 })
    const share = fc.double({ min: -0.1, max: 1.1, noNaN: true })
    const figure = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null })
    const progress = fc.record({
      cursor: fc.record({
        unit: fc.constantFrom('epoch', 'bar'),
        at: units,
        of: units,
        within: fc.constant(null),
      }),
      doneRatio: share,
      metrics: fc.dictionary(
        fc.constantFrom('trainLoss', 'valLoss', 'bestValLoss', 'equity'),
        figure,
      ),
    })
    const time = fc.option(fc.nat({ max: 1e9 }), { nil: null })
    const columns = fc.nat({ max: 200 })
    fc.assert(
      fc.property(
        progress,
        time,
        time,
        columns,
        fc.boolean(),
        (now, msPerUnit, etaMs, width, unicode) => {
          const line = progressLine(now, { msPerUnit, etaMs }, now.cursor, {
            columns: width,
            unicode,
          })
          const room = Math.max(0, (width || 80) - 3)
          expect(line.length, 'the cursor and ^C have room behind it').toBeLessThanOrEqual(room)
          expect(line).not.toContain('\n')
        },
      ),
    )
  })
})
