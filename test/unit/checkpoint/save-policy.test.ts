import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isSaveDue,
  untilTrigger,
  type LastSave,
  type SavePolicy,
} from '../../../src/checkpoint/save-policy.ts'

const NEVER: SavePolicy = { every: {}, intervalMs: null, minIntervalMs: 0, onStop: true }
const atStart = (units: LastSave['units'] = {}): LastSave => ({ units, elapsedMs: 0 })

/** Epochs after which a run from `start` to `end` saves when nothing takes any time. */
function savesAt(policy: SavePolicy, start: number, end: number): number[] {
  let last = atStart({ epoch: start })
  const saves: number[] = []
  for (let epoch = start; epoch <= end; epoch++) {
    if (!isSaveDue(policy, last, { epoch }, 0)) continue
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
    expect(
      isSaveDue({ ...NEVER, every: { bar: 100 } }, atStart({ bar: 99 }), { bar: 350 }, 0),
    ).toBe(true))
  it('of a unit that the job does not have is none', () =>
    expect(isSaveDue({ ...NEVER, every: { bar: 1 } }, atStart(), { epoch: 99 }, 0)).toBe(false))
  it('fires whichever comes first of several', () => {
    const policy = { ...NEVER, every: { epoch: 10, batch: 37 } }
    expect(isSaveDue(policy, atStart(), { epoch: 0, batch: 37 }, 0)).toBe(true)
    expect(isSaveDue(policy, atStart(), { epoch: 10, batch: 36 }, 0)).toBe(true)
    expect(isSaveDue(policy, atStart(), { epoch: 9, batch: 36 }, 0)).toBe(false)
  })
})

describe('the time trigger', () => {
  const minutely = { ...NEVER, intervalMs: 60_000 }

  it('is armed from the start and fires at the interval', () => {
    expect(isSaveDue(minutely, atStart(), {}, 59_999)).toBe(false)
    expect(isSaveDue(minutely, atStart(), {}, 60_000)).toBe(true)
  })
  it('counts from the last save', () => {
    const last = { units: {}, elapsedMs: 60_000 }
    expect(isSaveDue(minutely, last, {}, 119_999)).toBe(false)
    expect(isSaveDue(minutely, last, {}, 120_000)).toBe(true)
  })
})

describe('the least interval', () => {
  const throttled = { ...NEVER, every: { epoch: 10 }, minIntervalMs: 5000 }

  it('delays a trigger, and does not lose it', () => {
    expect(isSaveDue(throttled, atStart(), { epoch: 10 }, 4999)).toBe(false)
    expect(isSaveDue(throttled, atStart(), { epoch: 13 }, 5000)).toBe(true)
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
        let elapsedMs = 0
        for (const step of steps) {
          epoch += step.epochs
          elapsedMs += step.ms
          if (!isSaveDue(policy, last, { epoch }, elapsedMs)) continue
          expect(elapsedMs - last.elapsedMs).toBeGreaterThanOrEqual(policy.minIntervalMs)
          last = { units: { epoch }, elapsedMs }
        }
      }),
    )
  })
})

describe('a policy without a trigger', () => {
  it('never saves', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (epoch, ms, minIntervalMs) => {
        expect(isSaveDue({ ...NEVER, minIntervalMs }, atStart(), { epoch, bar: epoch }, ms)).toBe(
          false,
        )
      }),
    )
  })
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
