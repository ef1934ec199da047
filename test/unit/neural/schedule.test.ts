import { describe, expect, it } from 'vitest'
import { beginSchedule, stepSchedule, type ScheduleSettings } from '../../../src/neural/schedule.ts'

// Reference: the definitions of torch.optim.lr_scheduler, worked out by hand.

const rates = (settings: ScheduleSettings, losses: readonly number[]): number[] => {
  const state = beginSchedule(1)
  return losses.map((loss, i) => {
    stepSchedule(state, settings, i + 1, loss)
    return state.learningRate
  })
}

describe('learning-rate schedules', () => {
  it('constant stays', () => expect(rates({ kind: 'constant' }, [1, 2, 3])).toEqual([1, 1, 1]))
  it('step multiplies every stepSize epochs', () =>
    expect(rates({ kind: 'step', stepSize: 2, gamma: 0.5 }, [1, 1, 1, 1, 1])).toEqual([
      1, 0.5, 0.5, 0.25, 0.25,
    ]))
  it('exponential multiplies every epoch', () =>
    expect(rates({ kind: 'exponential', gamma: 0.5 }, [1, 1, 1])).toEqual([0.5, 0.25, 0.125]))
  it('plateau waits for patience + 1 epochs without a relative improvement of 1e-4', () => {
    const settings: ScheduleSettings = { kind: 'reduce_on_plateau', factor: 0.5, patience: 2 }
    expect(rates(settings, [1, 0.9, 0.95, 0.89999, 0.95, 0.8, 0.9, 0.9, 0.9])).toEqual([
      1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25,
    ])
  })
})
