import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  judge,
  nextLane,
  quotaOrder,
  type AgeRule,
  type Candidate,
  type RetentionRule,
} from '../../../src/checkpoint/retention.ts'
import type { Lane } from '../../../src/store/blob-table.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A Monday, so that a week begins. */
const MONDAY_MS = Date.UTC(2024, 11, 9)

const good = (seq: number, facts: Partial<Candidate> = {}): Candidate => ({
  seq,
  metric: null,
  createdAtMs: MONDAY_MS + seq,
  damage: null,
  isSuperseded: false,
  isPinned: false,
  tag: null,
  ...facts,
})
const damaged = (seq: number, facts: Partial<Candidate> = {}): Candidate =>
  good(seq, { damage: 'a bit fell over', ...facts })
const leftBehind = (seq: number): Candidate => good(seq, { isSuperseded: true })

const rule = (facts: Partial<RetentionRule> = {}): RetentionRule => ({
  keepLast: 1,
  keepBest: 0,
  ...facts,
})

function kept(
  candidates: readonly Candidate[],
  retention: RetentionRule,
  age: AgeRule | null = null,
): number[] {
  return judge(candidates, retention, age)
    .filter(({ isKept }) => isKept)
    .map(({ checkpoint }) => checkpoint.seq)
    .toSorted((a, b) => a - b)
}

/** {1: '- superseded by newer ones', 2: '+ newest 1'} */
function reasons(
  candidates: readonly Candidate[],
  retention: RetentionRule,
  age: AgeRule | null = null,
): Record<number, string> {
  return Object.fromEntries(
    judge(candidates, retention, age).map(({ checkpoint, isKept, reason }) => [
      checkpoint.seq,
      `${isKept ? '+' : '-'} ${reason}`,
    ]),
  )
}

describe('a save', () => {
  const five = [0.5, 0.1, 0.4, 0.3, 0.9].map((metric, i) => good(i + 1, { metric }))

  it('keeps the last by number', () => expect(kept(five, rule({ keepLast: 3 }))).toEqual([3, 4, 5]))
  it('keeps the best besides', () =>
    expect(kept(five, rule({ keepLast: 2, keepBest: 1 }))).toEqual([2, 4, 5]))
  it('keeps several best', () => expect(kept(five, rule({ keepBest: 3 }))).toEqual([2, 3, 4, 5]))
  it('counts a best that is among the last once', () => {
    const falling = [3, 2, 1].map((metric, i) => good(i + 1, { metric }))
    expect(kept(falling, rule({ keepBest: 1 }))).toEqual([3])
  })
  it('takes the newest of equally good ones', () => {
    const equal = [0.1, 0.1, 0.9].map((metric, i) => good(i + 1, { metric }))
    expect(kept(equal, rule({ keepBest: 1 }))).toEqual([2, 3])
  })
  it('has no best where nothing is measured', () =>
    expect(kept([good(1), good(2), good(3)], rule({ keepBest: 2 }))).toEqual([3]))
  it('keeps everything while there is less than the rule allows', () =>
    expect(kept(five, rule({ keepLast: 100 }))).toEqual([1, 2, 3, 4, 5]))

  it('never keeps a damaged one, and never counts one as kept', () => {
    const two = [good(1), good(2), damaged(3), damaged(4)]
    expect(kept(two, rule({ keepLast: 2 }))).toEqual([1, 2])
    const best = [good(1, { metric: 0.5 }), damaged(2, { metric: 0.1 }), good(3, { metric: 0.9 })]
    expect(kept(best, rule({ keepBest: 1 }))).toEqual([1, 3])
  })

  it('keeps what is damaged, or left behind, while there is no good one', () => {
    const bad = [damaged(1), damaged(2), leftBehind(3)]
    expect(reasons(bad, rule())).toEqual({
      1: '+ no good one is left',
      2: '+ no good one is left',
      3: '+ no good one is left',
    })
    expect(kept([...bad, good(4)], rule())).toEqual([3, 4])
  })

  it('keeps the newest good one even when told to keep nothing', () =>
    expect(kept([good(1), good(2), damaged(3)], rule({ keepLast: 0 }))).toEqual([2]))

  it('keeps what is pinned or tagged, be it old or damaged, besides the last', () => {
    const old = [good(1, { isPinned: true }), damaged(2, { tag: 'gold' }), good(3), good(4)]
    expect(kept(old, rule())).toEqual([1, 2, 4])
  })

  it('counts a pinned one that is among the last as one of them', () =>
    expect(kept([good(1), good(2), good(3, { isPinned: true })], rule({ keepLast: 2 }))).toEqual([
      2, 3,
    ]))

  it('never counts what a rollback has left behind as kept, nor as the best', () => {
    const back = [3, 2, 1, 9].map((metric, i) =>
      good(i + 1, { metric, isSuperseded: metric === 1 }),
    )
    expect(kept(back, rule({ keepBest: 1 }))).toEqual([2, 3, 4])
  })

  it('keeps every k-th by number', () => {
    const nine = Array.from({ length: 9 }, (_, i) => good(i + 1))
    expect(kept(nine, rule({ keepEvery: 4 }))).toEqual([4, 8, 9])
  })

  it('keeps the newest of each of the newest hours, days and weeks that have one', () => {
    const at = (seq: number, day: number, hour: number): Candidate =>
      good(seq, { createdAtMs: MONDAY_MS + day * DAY_MS + hour * HOUR_MS })
    const two = [at(1, -8, 1), at(2, -1, 23), at(3, 0, 0), at(4, 0, 0.9), at(5, 0, 1), at(6, 2, 5)]
    expect(kept(two, rule({ keepHourly: 3 }))).toEqual([4, 5, 6])
    expect(kept(two, rule({ keepDaily: 3 }))).toEqual([2, 5, 6])
    expect(kept(two, rule({ keepWeekly: 2 })), 'a week begins on Monday').toEqual([2, 6])
    expect(kept(two, rule({ keepWeekly: 9 }))).toEqual([1, 2, 6])
  })

  it('goes by number when the clock went back between two saves', () => {
    const turned = [good(1, { createdAtMs: MONDAY_MS + DAY_MS }), good(2), good(3)]
    expect(kept(turned, rule())).toEqual([3])
    expect(kept(turned, rule({ keepDaily: 1 }))).toEqual([3])
  })

  it('keeps no more than the greatest number of versions, whatever keeps them', () => {
    const best = five.with(0, good(1, { metric: 0 }))
    expect(reasons(best, rule({ keepLast: 4, keepBest: 1, maxVersions: 2 }))).toEqual({
      1: '- more than 2 per operation',
      2: '- more than 2 per operation',
      3: '- more than 2 per operation',
      4: '+ newest 4',
      5: '+ newest 4',
    })
  })

  it('knows no age, and leaves to clean-up what a rollback has left behind', () => {
    const old = [good(1, { createdAtMs: 0 }), leftBehind(2), leftBehind(3)]
    expect(kept(old, rule())).toEqual([1, 2, 3])
  })

  it('goes by number, whatever the order of the list', () => {
    const shuffled = [five[2]!, five[4]!, five[0]!, five[3]!, five[1]!]
    for (const order of [five, five.toReversed(), shuffled])
      expect(kept(order, rule({ keepLast: 2, keepBest: 1 }))).toEqual([2, 4, 5])
  })
})

describe('clean-up', () => {
  const age: AgeRule = { nowMs: MONDAY_MS, maxAgeMs: 30 * DAY_MS }
  const days = (seq: number, ago: number, facts: Partial<Candidate> = {}): Candidate =>
    good(seq, { createdAtMs: MONDAY_MS - ago * DAY_MS, ...facts })

  it('says of each why it stays or goes', () => {
    const all = [
      days(1, 50, { isPinned: true }),
      days(2, 50, { tag: 'gold' }),
      days(3, 31),
      days(4, 20, { metric: 0.29 }),
      days(5, 20, { metric: 0.5 }),
      days(6, 10),
      days(7, 9, { damage: 'a bit fell over' }),
      days(8, 8),
      days(9, 7, { isSuperseded: true }),
    ]
    expect(reasons(all, rule({ keepBest: 1, keepEvery: 3 }), age)).toEqual({
      1: '+ pinned',
      2: '+ tagged (gold)',
      3: '- older than 30d',
      4: '+ best 1 (0.29)',
      5: '- superseded by newer ones',
      6: '+ every 3rd',
      7: '- damaged',
      8: '+ newest 1',
      9: '- left behind by a rollback',
    })
  })

  it('removes by age even the last and the best, but nothing that is just as old', () => {
    expect(kept([days(1, 31, { metric: 0 }), days(2, 31)], rule({ keepBest: 1 }), age)).toEqual([])
    expect(kept([days(1, 30)], rule(), age)).toEqual([1])
    expect(kept([days(1, 9000)], rule(), { ...age, maxAgeMs: null })).toEqual([1])
  })

  it('keeps the newest good one that is not too old', () =>
    expect(kept([days(1, 3), days(2, 31)], rule(), age)).toEqual([1]))
})

describe('a quota', () => {
  it('takes the oldest operation first, and what it would be resumed from last', () => {
    const order = quotaOrder([
      { isResumable: true, checkpoints: [good(3), good(1), good(2), damaged(4)] },
      { isResumable: false, checkpoints: [good(12), good(11)] },
      { isResumable: true, checkpoints: [good(21)] },
    ])
    expect(order.map(({ seq }) => seq)).toEqual([1, 2, 4, 11, 12, 3, 21])
  })

  it('takes nothing that is pinned or tagged', () =>
    expect(
      quotaOrder([
        {
          isResumable: false,
          checkpoints: [good(1, { isPinned: true }), good(2, { tag: 'gold' })],
        },
      ]),
    ).toEqual([]))
})

describe('for all checkpoints and rules', () => {
  const anyCandidates = fc.uniqueArray(
    fc.record({
      seq: fc.integer({ min: 1, max: 40 }),
      metric: fc.option(fc.integer({ min: 0, max: 5 })),
      createdAtMs: fc.integer({ min: 0, max: 60 }).map((days) => days * DAY_MS),
      damage: fc.constantFrom(null, null, null, 'damaged'),
      isSuperseded: fc.constantFrom(false, false, false, true),
      isPinned: fc.constantFrom(false, false, false, true),
      tag: fc.constantFrom(null, null, null, 'gold'),
    }),
    { selector: ({ seq }) => seq, maxLength: 20 },
  )
  const counts = {
    keepLast: fc.nat(12),
    keepBest: fc.nat(4),
    keepEvery: fc.nat(10),
    keepHourly: fc.nat(4),
    keepDaily: fc.nat(4),
    keepWeekly: fc.nat(4),
    maxVersions: fc.nat(8),
  }
  const anyRule = fc.record(counts)
  const anyAge = fc.option(
    fc.record({
      nowMs: fc.constant(60 * DAY_MS),
      maxAgeMs: fc.option(fc.integer({ min: 1, max: 60 }).map((days) => days * DAY_MS)),
    }),
  )
  const forAll = (
    claim: (candidates: Candidate[], rule: RetentionRule, age: AgeRule | null) => void,
  ): void =>
    fc.assert(fc.property(anyCandidates, anyRule, anyAge, claim), {
      numRuns: 1000,
    })

  it('each gets one verdict, in the order of the list', () =>
    forAll((candidates, retention, age) => {
      const verdicts = judge(candidates, retention, age)
      expect(verdicts.map(({ checkpoint }) => checkpoint)).toEqual(candidates)
    }))

  it('nothing that is pinned or tagged goes', () =>
    forAll((candidates, retention, age) => {
      const gone = judge(candidates, retention, age).filter(({ isKept }) => !isKept)
      expect(gone.filter(({ checkpoint: { isPinned, tag } }) => isPinned || tag !== null)).toEqual(
        [],
      )
    }))

  it('the newest good one stays, unless it is too old', () =>
    forAll((candidates, retention, age) => {
      const young = candidates.filter(
        ({ createdAtMs }) => !age?.maxAgeMs || age.nowMs - createdAtMs <= age.maxAgeMs,
      )
      const usable = young.filter(({ damage, isSuperseded }) => damage === null && !isSuperseded)
      if (usable.length === 0) return
      const newest = Math.max(...usable.map(({ seq }) => seq))
      expect(kept(candidates, retention, age)).toContain(newest)
    }))

  it('none that a save removes beats one that it keeps', () =>
    forAll((candidates, { keepLast, keepBest }) => {
      const seqs = kept(candidates, { keepLast, keepBest })
      const usable = candidates.filter(
        ({ damage, isSuperseded }) => damage === null && !isSuperseded,
      )
      for (const gone of usable.filter(({ seq }) => !seqs.includes(seq))) {
        const newer = usable.filter(({ seq }) => seq > gone.seq)
        expect(newer.length, 'it is not among the last').toBeGreaterThanOrEqual(keepLast)
        const better = usable.filter(({ metric }) => metric !== null && metric <= gone.metric!)
        if (gone.metric !== null) expect(better.length).toBeGreaterThan(keepBest)
      }
    }))

  it('judging again what was kept removes nothing more', () =>
    forAll((candidates, retention, age) => {
      const once = kept(candidates, retention, age)
      const left = candidates.filter(({ seq }) => once.includes(seq))
      expect(kept(left, retention, age)).toEqual(once)
    }))

  it('a rule that keeps more of one kind removes nothing that it kept before', () =>
    fc.assert(
      fc.property(
        anyCandidates,
        anyRule,
        fc.constantFrom(
          'keepLast',
          'keepBest',
          'keepHourly',
          'keepDaily',
          'keepWeekly',
        ) satisfies fc.Arbitrary<keyof RetentionRule>,
        (candidates, retention, kind) => {
          const wider = { ...retention, [kind]: retention[kind]! + 1 }
          expect(kept(candidates, wider)).toEqual(
            expect.arrayContaining(kept(candidates, retention)),
          )
        },
      ),
      { numRuns: 1000 },
    ))

  it('no clock has a say in what counts keep', () =>
    fc.assert(
      fc.property(
        anyCandidates,
        fc.record({
          ...counts,
          keepHourly: fc.constant(0),
          keepDaily: fc.constant(0),
          keepWeekly: fc.constant(0),
        }),
        fc.infiniteStream(fc.nat()),
        (candidates, retention, times) => {
          const turned = candidates.map((one) => ({ ...one, createdAtMs: times.next().value! }))
          expect(kept(turned, retention)).toEqual(kept(candidates, retention))
        },
      ),
    ))
})

describe('the lane of the next save', () => {
  type InLane = Candidate & { readonly lane: Lane }
  const inLane = (lane: Lane, candidate: Candidate): InLane => ({ ...candidate, lane })
  const next = (seq: number, metric: number | null = null) => good(seq, { metric })

  it('is that of the other one than the newest has', () => {
    const two = rule({ keepLast: 2 })
    expect(nextLane([], next(1), two)).toBe(0)
    expect(nextLane([inLane(0, good(1))], next(2), two)).toBe(1)
    expect(nextLane([inLane(0, good(1)), inLane(1, good(2))], next(3), two)).toBe(0)
  })

  it('keeps apart from a best one that stays alone with it', () => {
    const best = inLane(0, good(1, { metric: 0.1 }))
    const newest = inLane(1, good(2, { metric: 0.5 }))
    expect(nextLane([best, newest], next(3, 0.9), rule({ keepBest: 1 }))).toBe(1)
    expect(nextLane([best, newest], next(3, 0.9), rule({ keepLast: 2, keepBest: 1 }))).toBe(0)
  })

  it('keeps apart from the newest that a resume can choose, not from a damaged one', () => {
    const passedOver = [inLane(1, good(4)), inLane(1, leftBehind(5)), inLane(0, damaged(6))]
    expect(nextLane(passedOver, next(7), rule({ keepLast: 2 }))).toBe(0)
    const behind = [inLane(0, good(4)), inLane(0, leftBehind(5)), inLane(1, damaged(6))]
    expect(nextLane(behind, next(7), rule({ keepLast: 2 }))).toBe(1)
  })

  it('never leaves all that is kept in one, whatever is measured and whatever the rule keeps', () => {
    fc.assert(
      fc.property(
        fc.record({ keepLast: fc.integer({ min: 1, max: 4 }), keepBest: fc.nat(3) }),
        fc.array(fc.option(fc.nat(5)), { maxLength: 30 }),
        (retention, metrics) => {
          let checkpoints: InLane[] = []
          for (const [i, metric] of metrics.entries()) {
            const candidate = good(i + 1, { metric })
            const saved = inLane(nextLane(checkpoints, candidate, retention), candidate)
            checkpoints = judge([...checkpoints, saved], retention, null)
              .filter(({ isKept }) => isKept)
              .map(({ checkpoint }) => checkpoint)
            const lanes = new Set(checkpoints.map(({ lane }) => lane))
            expect(lanes.size).toBe(Math.min(2, checkpoints.length))
          }
        },
      ),
    )
  })
})
