import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyRetention } from '../../../src/checkpoint/retention.ts'

type Candidate = Parameters<typeof applyRetention>[0][number]

const good = (seq: number, metric: number | null = null): Candidate => ({
  seq,
  metric,
  damage: null,
  isSuperseded: false,
  isPinned: false,
})
const damaged = (seq: number, metric: number | null = null): Candidate => ({
  ...good(seq, metric),
  damage: 'a bit fell over',
})
const pinned = (candidate: Candidate): Candidate => ({ ...candidate, isPinned: true })
const superseded = (candidate: Candidate): Candidate => ({ ...candidate, isSuperseded: true })

function kept(candidates: readonly Candidate[], keepLast: number, keepBest: number): number[] {
  return applyRetention(candidates, { keepLast, keepBest })
    .keep.map(({ seq }) => seq)
    .toSorted((a, b) => a - b)
}

describe('retention', () => {
  const five = [good(1, 0.5), good(2, 0.1), good(3, 0.4), good(4, 0.3), good(5, 0.9)]

  it('keeps the last by number', () => expect(kept(five, 3, 0)).toEqual([3, 4, 5]))
  it('keeps the best besides', () => expect(kept(five, 2, 1)).toEqual([2, 4, 5]))
  it('keeps several best', () => expect(kept(five, 1, 3)).toEqual([2, 3, 4, 5]))
  it('counts a best that is among the last once', () =>
    expect(kept([good(1, 3), good(2, 2), good(3, 1)], 1, 1)).toEqual([3]))
  it('takes the newest of equally good ones', () =>
    expect(kept([good(1, 0.1), good(2, 0.1), good(3, 0.9)], 1, 1)).toEqual([2, 3]))
  it('has no best where nothing is measured', () =>
    expect(kept([good(1), good(2), good(3)], 1, 2)).toEqual([3]))
  it('keeps everything while there is less than the rule allows', () =>
    expect(kept(five, 100, 0)).toEqual([1, 2, 3, 4, 5]))

  it('never keeps a damaged one, and never counts one as kept', () => {
    expect(kept([good(1), good(2), damaged(3), damaged(4)], 2, 0)).toEqual([1, 2])
    expect(kept([good(1, 0.5), damaged(2, 0.1), good(3, 0.9)], 1, 1)).toEqual([1, 3])
    expect(kept([damaged(1), damaged(2)], 5, 5)).toEqual([])
  })

  it('keeps the newest good one even when told to keep nothing', () =>
    expect(kept([good(1), good(2), damaged(3)], 0, 0)).toEqual([2]))

  it('keeps what is pinned, be it old or damaged, besides the last', () => {
    expect(kept([pinned(good(1)), good(2), good(3), good(4)], 2, 0)).toEqual([1, 3, 4])
    expect(kept([pinned(damaged(1)), good(2), good(3)], 1, 0)).toEqual([1, 3])
  })

  it('counts a pinned one that is among the last as one of them', () =>
    expect(kept([good(1), good(2), pinned(good(3))], 2, 0)).toEqual([2, 3]))

  it('keeps what a rollback has left behind, and never counts it as kept, nor as the best', () =>
    expect(kept([good(1, 3), good(2, 2), superseded(good(3, 1)), good(4, 9)], 1, 1)).toEqual([
      2, 3, 4,
    ]))

  it('goes by number, whatever the order of the list', () => {
    for (const order of [
      five,
      five.toReversed(),
      [five[2]!, five[4]!, five[0]!, five[3]!, five[1]!],
    ])
      expect(kept(order, 2, 1)).toEqual([2, 4, 5])
  })
})

describe('for all checkpoints and rules', () => {
  const anyCandidates = fc.uniqueArray(
    fc.record({
      seq: fc.integer({ min: 1, max: 40 }),
      metric: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 5 })),
      damage: fc.constantFrom(null, null, null, 'damaged'),
      isSuperseded: fc.constantFrom(false, false, false, true),
      isPinned: fc.constantFrom(false, false, false, true),
    }),
    { selector: ({ seq }) => seq, maxLength: 20 },
  )
  const anyRule = fc.record({ keepLast: fc.nat(12), keepBest: fc.nat(4) })

  it('each is kept or removed; pinned ones and the newest good are kept; none that is removed beats one that is kept', () => {
    fc.assert(
      fc.property(anyCandidates, anyRule, (candidates, rule) => {
        const { keep, remove } = applyRetention(candidates, rule)
        expect(new Set([...keep, ...remove])).toEqual(new Set(candidates))
        expect(keep.length + remove.length).toBe(candidates.length)
        const isExempt = ({ isPinned, isSuperseded }: Candidate): boolean =>
          isPinned || isSuperseded
        expect(remove.filter(isExempt)).toEqual([])
        const byRule = keep.filter((candidate) => !isExempt(candidate))
        expect(byRule.filter(({ damage }) => damage !== null)).toEqual([])

        const all = candidates.filter(
          ({ damage, isSuperseded }) => damage === null && !isSuperseded,
        )
        const newest = Math.max(...all.map(({ seq }) => seq))
        if (all.length > 0) expect(keep.map(({ seq }) => seq)).toContain(newest)
        expect(byRule.length).toBeLessThanOrEqual(Math.max(1, rule.keepLast) + rule.keepBest)

        for (const gone of remove.filter(({ damage }) => damage === null)) {
          const newer = all.filter(({ seq }) => seq > gone.seq)
          expect(newer.length, 'it is not among the last').toBeGreaterThanOrEqual(rule.keepLast)
          const better = keep.filter(
            ({ metric, damage, isSuperseded }) =>
              damage === null && !isSuperseded && metric !== null && metric <= gone.metric!,
          )
          if (gone.metric !== null) expect(better.length).toBeGreaterThanOrEqual(rule.keepBest)
        }
      }),
      { numRuns: 500 },
    )
  })
})
