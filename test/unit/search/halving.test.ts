import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rungEpochs, rungSizes, rungsOf } from '../../../src/search/successive-halving.ts'

describe('the rungs of halving', () => {
  it.each([
    [9, 60, [7, 20, 60], [9, 3, 1]],
    [81, 81, [1, 3, 9, 27, 81], [81, 27, 9, 3, 1]],
    [30, 27, [1, 3, 9, 27], [30, 10, 3, 1]],
    [2, 100, [100], [2]],
    [100, 2, [2], [100]],
  ])('of %d trials and %d epochs have %j epochs and %j trials', (trials, epochs, rungs, sizes) => {
    expect(rungEpochs(trials, epochs)).toEqual(rungs)
    expect(rungSizes(trials, rungs.length)).toEqual(sizes)
  })

  it('end with all epochs, each with three times those of the one before, about', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 5000 }),
        (n, epochs) => {
          const rungs = rungEpochs(n, epochs)
          expect(rungs.at(-1)).toBe(epochs)
          for (const [i, own] of rungs.slice(1).entries()) {
            expect(own).toBeGreaterThan(rungs[i]!)
            expect(Math.abs(own - 3 * rungs[i]!)).toBeLessThanOrEqual(2)
          }
          expect(rungSizes(n, rungs.length).at(-1)).toBeGreaterThanOrEqual(1)
        },
      ),
    )
  })
})

describe('who goes on', () => {
  const EPOCHS = [1, 3, 9]
  const losses = [5, 3, null, 1, 4, 2, 9, 8, 7]

  it('is nobody until the rung below is over', () => {
    const rungs = rungsOf(9, EPOCHS, 8, (task) => losses[task] ?? null)
    expect(rungs).toHaveLength(1)
  })

  it('is the best third, the best first; then the best third of those by what they have become', () => {
    const first = rungsOf(9, EPOCHS, 9, (task) => losses[task] ?? null)
    expect(first[1]).toEqual({ first: 9, trials: [3, 5, 1], epochs: 3 })
    const later = [...losses, 6, 2, 4]
    const second = rungsOf(9, EPOCHS, 12, (task) => later[task] ?? null)
    expect(second[2]).toEqual({ first: 12, trials: [5], epochs: 9 })
  })

  it('is none of those that came to nothing, even when fewer are left', () => {
    const rungs = rungsOf(9, EPOCHS, 9, (task) => (task === 4 || task === 7 ? task : null))
    expect(rungs[1]!.trials).toEqual([4, 7])
    expect(
      rungsOf(9, EPOCHS, 9, () => null),
      'and nobody goes on',
    ).toHaveLength(1)
  })
})
