import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isSaveDue,
  NOTHING_SPENT,
  spend,
  untilTrigger,
  type Adaptive,
  type Moment,
  type SavePolicy,
} from '../../../src/checkpoint/save-policy.ts'

const NEVER: SavePolicy = { every: {}, intervalMs: null, minIntervalMs: 0, onStop: true }
const atStart = (units: Moment['units'] = {}): Moment => ({ units, runningMs: 0 })

const isDue = (
  policy: SavePolicy,
  last: Moment,
  units: Moment['units'],
  runningMs: number,
  cost = NOTHING_SPENT,
): boolean => isSaveDue(policy, last, { units, runningMs }, cost)

/** Epochs after which a run from `start` to `end` saves when nothing takes any time. */
function savesAt(policy: SavePolicy, start: number, end: number): number[] {
  let last = atStart({ epoch: start })
  const saves: number[] = []
  for (let epoch = start; epoch <= end; epoch++) {
    if (!isDue(policy, last, { epoch }, 0)) continue
    saves.push(epoch)
    last = atStart({ epoch })
  }
  return saves
}

describe('a unit trigger', () => {
  const every10 = { ...NEVER, every: { epoch: 10 } }

  it('fires on multiples, not at the start', () =>
    expect(savesAt(every10, 0, 35)).toEqual([10, 20, 30]))
  it('fires on the same multiples after a resume from 29', () =>
    expect(savesAt(every10, 29, 45)).toEqual([30, 40]))
  it('does not save again what a resume has just loaded', () =>
    expect(savesAt(every10, 30, 39)).toEqual([]))

  it('fires on exactly the multiples that lie ahead, for all starts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(200), fc.nat(200), (n, start, length) => {
        const multiples = Array.from({ length: length + 1 }, (_, i) => start + i).filter(
          (epoch) => epoch > start && epoch % n === 0,
        )
        expect(savesAt({ ...NEVER, every: { epoch: n } }, start, start + length)).toEqual(multiples)
      }),
    )
  })

  it('fires once when a stride has jumped over several multiples', () =>
    expect(isDue({ ...NEVER, every: { bar: 100 } }, atStart({ bar: 99 }), { bar: 350 }, 0)).toBe(
      true,
    ))
  it('of a unit that the job does not have is none', () =>
    expect(isDue({ ...NEVER, every: { bar: 1 } }, atStart(), { epoch: 99 }, 0)).toBe(false))
  it('fires whichever comes first of several', () => {
    const policy = { ...NEVER, every: { epoch: 10, batch: 37 } }
    expect(isDue(policy, atStart(), { epoch: 0, batch: 37 }, 0)).toBe(true)
    expect(isDue(policy, atStart(), { epoch: 10, batch: 36 }, 0)).toBe(true)
    expect(isDue(policy, atStart(), { epoch: 9, batch: 36 }, 0)).toBe(false)
  })
})

describe('the time trigger', () => {
  const minutely = { ...NEVER, intervalMs: 60_000 }

  it('is armed from the start and fires at the interval', () => {
    expect(isDue(minutely, atStart(), {}, 59_999)).toBe(false)
    expect(isDue(minutely, atStart(), {}, 60_000)).toBe(true)
  })
  it('counts from the last save', () => {
    const last = { units: {}, runningMs: 60_000 }
    expect(isDue(minutely, last, {}, 119_999)).toBe(false)
    expect(isDue(minutely, last, {}, 120_000)).toBe(true)
  })
})

describe('the least interval', () => {
  const throttled = { ...NEVER, every: { epoch: 10 }, minIntervalMs: 5000 }

  it('delays a trigger, and does not lose it', () => {
    expect(isDue(throttled, atStart(), { epoch: 10 }, 4999)).toBe(false)
    expect(isDue(throttled, atStart(), { epoch: 13 }, 5000)).toBe(true)
  })

  it('is kept between any two saves, whatever fires', () => {
    const anyPolicy = fc.record({
      every: fc.record({ epoch: fc.integer({ min: 1, max: 5 }) }),
      intervalMs: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 1000 })),
      minIntervalMs: fc.nat(2000),
      onStop: fc.boolean(),
    })
    const anySteps = fc.array(fc.record({ epochs: fc.nat(3), ms: fc.nat(700) }), { maxLength: 100 })
    fc.assert(
      fc.property(anyPolicy, anySteps, (policy, steps) => {
        let last = atStart({ epoch: 0 })
        let epoch = 0
        let runningMs = 0
        for (const step of steps) {
          epoch += step.epochs
          runningMs += step.ms
          if (!isDue(policy, last, { epoch }, runningMs)) continue
          expect(runningMs - last.runningMs).toBeGreaterThanOrEqual(policy.minIntervalMs)
          last = { units: { epoch }, runningMs }
        }
      }),
    )
  })
})

describe('a policy without a trigger', () => {
  it('never saves', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (epoch, ms, minIntervalMs) => {
        expect(isDue({ ...NEVER, minIntervalMs }, atStart(), { epoch, bar: epoch }, ms)).toBe(false)
      }),
    )
  })
})

describe('an adaptive policy', () => {
  const ADAPTIVE: Adaptive = { budgetRatio: 0.005, mtbfMs: 8 * 3_600_000, settleMs: 1000 }
  const policy = { ...NEVER, every: { epoch: 10 }, intervalMs: 60_000, adaptive: ADAPTIVE }
  /** After a save of so many milliseconds. */
  const after = (...savesMs: number[]) => savesMs.reduce(spend, NOTHING_SPENT)

  it('saves nothing in its first second, whatever fires, and loses no trigger by that', () => {
    expect(isDue(policy, atStart(), { epoch: 10 }, 999)).toBe(false)
    expect(isDue(policy, atStart(), { epoch: 13 }, 1000)).toBe(true)
  })

  // Reference: Young 1974, T = √(2·C·MTBF), by hand: √(2 · 0.5 ms · 28 800 000 ms) = 5366.6 ms.
  it.each([
    ['half a millisecond before the first save is measured', NOTHING_SPENT, 5366.6],
    ['the mean of all saves after that', after(1, 3), 10_733.1],
    ['no more often than every second, however little a save costs', after(1e-6), 1000],
    ['no less often than the interval, however much', after(100), 60_000],
  ])('saves by time at the optimum of Young and Daly: %s', (_, cost, optimumMs) => {
    const last = { units: {}, runningMs: 1e9 }
    expect(isDue(policy, last, {}, 1e9 + optimumMs - 1, cost)).toBe(false)
    expect(isDue(policy, last, {}, 1e9 + optimumMs + 1, cost)).toBe(true)
  })

  it('puts a trigger off until one more save stays within the budget', () => {
    const cost = after(20, 10) // 30 ms, and 10 ms again: 0.5 % of 8 s
    const last = { units: { epoch: 0 }, runningMs: 2000 }
    expect(isDue(policy, last, { epoch: 10 }, 7999, cost)).toBe(false)
    expect(isDue(policy, last, { epoch: 17 }, 8000, cost)).toBe(true)
  })

  it('saves at the interval at the latest, whatever the budget says', () => {
    const last = { units: {}, runningMs: 5000 }
    expect(isDue(policy, last, {}, 64_999, after(2000))).toBe(false)
    expect(isDue(policy, last, {}, 65_000, after(2000))).toBe(true)
  })

  it('keeps to its least interval as any other', () => {
    const throttled = { ...policy, minIntervalMs: 300_000 }
    expect(isDue(throttled, atStart(), { epoch: 10 }, 299_999)).toBe(false)
    expect(isDue(throttled, atStart(), { epoch: 10 }, 300_000)).toBe(true)
  })

  it('without a trigger never saves', () => {
    const idle = { ...NEVER, adaptive: ADAPTIVE }
    expect(isDue(idle, atStart(), { epoch: 1000 }, 1e9)).toBe(false)
  })

  it('begins no save before the interval that would exceed the budget if it took as long as the last', () => {
    const anySteps = fc.array(
      fc.record({ epochs: fc.nat(30), ms: fc.nat(5000), saveMs: fc.double({ min: 0, max: 50 }) }),
      { maxLength: 200 },
    )
    const anyBudget = fc.double({ min: 0.001, max: 1, noNaN: true })
    fc.assert(
      fc.property(anySteps, anyBudget, (steps, budgetRatio) => {
        const tight = { ...policy, adaptive: { ...ADAPTIVE, budgetRatio } }
        let [last, cost, epoch, runningMs] = [atStart({ epoch: 0 }), NOTHING_SPENT, 0, 0]
        for (const step of steps) {
          epoch += step.epochs
          runningMs += step.ms
          if (!isDue(tight, last, { epoch }, runningMs, cost)) continue
          const isBeforeInterval = runningMs - last.runningMs < 60_000
          const limit = isBeforeInterval ? budgetRatio * runningMs : Infinity
          expect(cost.blockedMs + cost.nextMs).toBeLessThanOrEqual(limit)
          last = { units: { epoch }, runningMs }
          cost = spend(cost, step.saveMs)
        }
      }),
    )
  })

  it('of equal saves keeps their share of the running time within the budget at every moment', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 50, noNaN: true }), (saveMs) => {
        let [last, cost] = [atStart({ epoch: 0 }), NOTHING_SPENT]
        for (let epoch = 0; epoch <= 20_000; epoch += 10) {
          const now = { units: { epoch }, runningMs: epoch * 10 }
          // The first save is not known yet: it may cost more than was thought.
          if (cost.saves > 1) expect(cost.blockedMs).toBeLessThanOrEqual(0.005 * now.runningMs)
          if (!isSaveDue(policy, last, now, cost)) continue
          last = now
          cost = spend(cost, saveMs)
        }
        expect(cost.saves, 'and it does save').toBeGreaterThan(1)
      }),
    )
  })
})

describe('a policy of an operation that was started before there were adaptive ones', () => {
  it('is obeyed to the letter', () =>
    expect(isDue({ ...NEVER, every: { epoch: 1 } }, atStart(), { epoch: 1 }, 0)).toBe(true))
})

describe('the way to the next trigger', () => {
  it('ends on the next multiple, never at nought', () => {
    const policy = { ...NEVER, every: { bar: 5000 } }
    expect([0, 1, 4999, 5000, 5001].map((bar) => untilTrigger(policy, 'bar', bar))).toEqual([
      5000, 4999, 1, 5000, 4999,
    ])
  })
  it('has no end when nothing triggers', () => expect(untilTrigger(NEVER, 'bar', 7)).toBe(Infinity))
})
