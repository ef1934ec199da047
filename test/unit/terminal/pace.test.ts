import { describe, expect, it } from 'vitest'
import type { Progress } from '../../../src/core/operation.ts'
import { createPaceMeter } from '../../../src/terminal/pace.ts'

const EPOCHS = 100

/** Progress at `epochs` of 100, e.g. 45.5. */
function progressAt(epochs: number): Progress {
  const whole = Math.floor(epochs)
  const batch = Math.round((epochs - whole) * 400)
  return {
    cursor: {
      unit: 'epoch',
      at: whole,
      of: EPOCHS,
      within: batch === 0 ? null : { unit: 'batch', at: batch, of: 400 },
    },
    doneRatio: epochs / EPOCHS,
    metrics: {},
  }
}

describe('the pace', () => {
  it('is not known at the first progress', () => {
    expect(createPaceMeter()(progressAt(0), 0)).toEqual({ msPerUnit: null, etaMs: null })
  })

  it('is time by what was done in it: 2 s an epoch leave 190 s for 95 epochs', () => {
    const meter = createPaceMeter()
    meter(progressAt(0), 0)
    const { msPerUnit, etaMs } = meter(progressAt(5), 10_000)
    expect(msPerUnit).toBe(2000)
    expect(etaMs).toBeCloseTo(190_000, 6)
  })

  it('counts from where a resume starts, not from zero', () => {
    const meter = createPaceMeter()
    meter(progressAt(45), 0)
    const { msPerUnit, etaMs } = meter(progressAt(46), 2000)
    expect(msPerUnit, '45 epochs that others did are no merit of this attempt').toBe(2000)
    expect(etaMs).toBeCloseTo(54 * 2000, 6)
  })

  it('counts parts of an epoch', () => {
    const meter = createPaceMeter()
    meter(progressAt(45.25), 0)
    expect(meter(progressAt(45.75), 1000).msPerUnit, 'half an epoch a second').toBe(2000)
  })

  it('forgets what is longer ago than 15 s', () => {
    const meter = createPaceMeter()
    let epochs = 0
    let pace = meter(progressAt(0), 0)
    for (let second = 1; second <= 20; second++)
      pace = meter(progressAt((epochs += 1)), second * 1000)
    expect(pace.msPerUnit, 'fast at first').toBeCloseTo(1000, 6)
    for (let second = 21; second <= 40; second++)
      pace = meter(progressAt((epochs += 0.25)), second * 1000)
    expect(pace.msPerUnit, 'slow since more than 15 s').toBeCloseTo(4000, 6)
  })

  it('is known when a step takes longer than the window', () => {
    const meter = createPaceMeter()
    meter(progressAt(10), 0)
    meter(progressAt(10.25), 20_000)
    const { msPerUnit, etaMs } = meter(progressAt(10.5), 40_000)
    expect(msPerUnit).toBeCloseTo(80_000, 6)
    expect(etaMs).toBeCloseTo(89.5 * 80_000, 3)
  })

  it('of long epochs is that of a whole one, what it ends with included', () => {
    const meter = createPaceMeter()
    meter(progressAt(90), 0)
    // Four batches of a minute, then two minutes of validation: six an epoch.
    for (let minute = 1; minute <= 23; minute++) {
      const within = Math.min(4, minute % 6) / 4
      const pace = meter(progressAt(90 + Math.floor(minute / 6) + within), minute * 60_000)
      if (minute < 12) continue
      const minutes = pace.msPerUnit! / 60_000
      expect([minutes > 5.5, minutes < 8], `${minutes} after ${minute}`).toEqual([true, true])
    }
  })

  it('right after a resume is right: 90 % that others did count for nothing', () => {
    const meter = createPaceMeter()
    let pace = meter(progressAt(90), 0)
    for (let ms = 100; ms <= 1000; ms += 100) pace = meter(progressAt(90 + ms / 2000), ms)
    expect(pace.etaMs).toBeCloseTo(9.5 * 2000, 3)
  })

  it('begins anew when it is told of what is behind it', () => {
    const meter = createPaceMeter()
    meter(progressAt(50), 0)
    meter(progressAt(60), 10_000)
    meter(progressAt(20), 12_000)
    expect(meter(progressAt(21), 14_000).msPerUnit).toBe(2000)
  })

  it('is not known while nothing moves', () => {
    const meter = createPaceMeter()
    meter(progressAt(10), 0)
    expect(meter(progressAt(10), 5000)).toEqual({ msPerUnit: null, etaMs: null })
  })

  it('promises no time left at the end', () => {
    const meter = createPaceMeter()
    meter(progressAt(99), 0)
    expect(meter(progressAt(100), 1000).etaMs).toBe(0)
  })
})
