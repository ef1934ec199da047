import { afterEach, describe, expect, it, vi } from 'vitest'
import { savedAt, type CountingInputs, type Drive } from '../../support/counting-job.ts'
import type { SavePolicy } from '../../../src/checkpoint/save-policy.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
})

/** Drives as a fresh process with these faults would. */
async function driveWith(
  faults: string,
  inputs: CountingInputs,
  policy: Partial<SavePolicy> = {},
): Promise<Drive> {
  vi.stubEnv('KTRDR_FAULT', faults)
  vi.resetModules()
  const { driveCounting } = await import('../../support/counting-job.ts')
  return driveCounting(inputs, policy, { stride: 4096 })
}

describe('a fault of the loop', () => {
  it('cancels at exactly the unit it names, whatever the stride', async () => {
    const { told } = await driveWith('bar@5001:cancel', { of: 20_000 }, { every: { bar: 5000 } })
    expect(told.map(({ type, state }) => [type, state?.at])).toEqual([
      ['periodic', 5000],
      ['cancellation', 5001],
    ])
  })

  it('that throws fails the run between two units, so its state is saved', async () => {
    const { told } = await driveWith('bar@37:throw', { of: 100 })
    expect(told).toEqual([
      expect.objectContaining({
        type: 'failure',
        state: expect.objectContaining({ at: 37 }),
        ending: expect.objectContaining({ status: 'failed', reason: 'OPERATION_FAILED' }),
      }),
    ])
  })

  it('may be one of several', async () => {
    const run = await driveWith('bar@9:cancel,bar@5:flush', { of: 100 })
    expect(savedAt(run)).toEqual([9])
  })

  it('that was already passed when the run was resumed does not strike', async () => {
    vi.stubEnv('KTRDR_FAULT', 'bar@10:throw')
    vi.resetModules()
    const { countingJob, driveCounting } = await import('../../support/counting-job.ts')
    const inputs = { of: 100 }
    const state = countingJob().begin(inputs)
    countingJob().advance(state, inputs, 10)
    expect(driveCounting(inputs, {}, { state }).told.map(({ kind }) => kind)).toEqual(['finish'])
  })
})
