import { afterEach, describe, expect, it, vi } from 'vitest'
import type * as fault from '../../../src/core/fault.ts'
import { FAULT_ACTIONS, FAULT_POINTS, parseFaults } from '../../../src/core/fault.ts'

/** The module as a fresh process sees it: the faults of the environment, no point passed yet. */
async function processWith(faults: string): Promise<typeof fault> {
  vi.stubEnv('KTRDR_FAULT', faults)
  vi.resetModules()
  return import('../../../src/core/fault.ts')
}

afterEach(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
})

describe('KTRDR_FAULT', () => {
  it('names points, passes and actions', () => {
    expect(parseFaults('batch@1234:kill,save.after-rename:eio')).toEqual([
      { point: 'batch', n: 1234, action: 'kill' },
      { point: 'save.after-rename', n: 1, action: 'eio' },
    ])
    expect(parseFaults('')).toEqual([])
  })

  it('understands every point with every action that it can do', () => {
    const able = (action: string): readonly string[] | undefined => {
      if (action === 'exit') return FAULT_POINTS.task
      return ['cancel', 'flush'].includes(action) ? FAULT_POINTS.loop : undefined
    }
    for (const point of Object.values(FAULT_POINTS).flat())
      for (const action of FAULT_ACTIONS) {
        const parse = () => parseFaults(`${point}@7:${action}`)
        const points = able(action)
        if (!points || points.includes(point)) expect(parse()).toEqual([{ point, n: 7, action }])
        else
          expect(parse, 'it would do nothing').toThrow(
            expect.objectContaining({
              code: 'USAGE',
              message: `KTRDR_FAULT cannot ${action} at ${point}.`,
              suggestions: points.map((one) => `KTRDR_FAULT=${one}@100:${action}`),
            }),
          )
      }
  })

  it.each([
    'kill',
    'batch@1234',
    'batch@x:kill',
    'batch@-1:kill',
    'batch@0:kill',
    'batch@1:explode',
    'bach@1:kill',
    'save:kill',
    'batch@1:kill;bar@1:kill',
  ])('"%s" is a usage error with an example, not a fault that never strikes', (text) =>
    expect(() => parseFaults(text)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: `KTRDR_FAULT does not understand "${text}".`,
        suggestions: expect.arrayContaining(['KTRDR_FAULT=batch@100:kill']),
      }),
    ),
  )
})

describe('a point of a protocol', () => {
  it('acts on its n-th pass, once, and on no other point', async () => {
    const { passPoint } = await processWith('save.written@3:eio')
    for (const pass of [1, 2, 3, 4, 5]) {
      passPoint('save.begun')
      const written = (): void => passPoint('save.written')
      if (pass === 3) expect(written).toThrow(expect.objectContaining({ code: 'EIO' }))
      else expect(written, `pass ${pass}`).not.toThrow()
    }
  })

  it('acts on the first pass when no pass is named', async () => {
    const { passPoint } = await processWith('gc.locked:throw')
    expect(() => passPoint('gc.locked')).toThrow('KTRDR_FAULT struck at gc.locked@1.')
    expect(() => passPoint('gc.locked')).not.toThrow()
  })

  it('can be struck on several passes', async () => {
    const { passPoint } = await processWith('save.begun@1:throw,save.begun@2:eio')
    expect(() => passPoint('save.begun')).toThrow('KTRDR_FAULT')
    expect(() => passPoint('save.begun')).toThrow('EIO')
    expect(() => passPoint('save.begun')).not.toThrow()
  })

  it('does nothing when no fault is set', async () => {
    const { passPoint, passLoopPoint, nextLoopFault } = await processWith('')
    expect(() => passPoint('save.begun')).not.toThrow()
    expect(passLoopPoint('batch', 1)).toBe(false)
    expect(nextLoopFault('batch', 0)).toBe(Infinity)
  })
})

describe('a point of the loop', () => {
  it('strikes at the batch or bar it names, wherever the count began', async () => {
    const { passLoopPoint } = await processWith('bar@5000:cancel')
    expect([4999, 5000, 5001].map((bar) => passLoopPoint('bar', bar))).toEqual([false, true, false])
    expect(passLoopPoint('batch', 5000), 'another loop').toBe(false)
  })

  it('throws as our own error, so that the run fails as runs do', async () => {
    const { passLoopPoint } = await processWith('batch@2:throw')
    expect(passLoopPoint('batch', 1)).toBe(false)
    expect(() => passLoopPoint('batch', 2)).toThrow(
      expect.objectContaining({ code: 'OPERATION_FAILED' }),
    )
  })

  it('announces the next strike, so that a loop with long strides stops there', async () => {
    const { nextLoopFault } = await processWith('bar@9:cancel,bar@5:stall,batch@3:kill')
    expect([0, 5, 6, 9, 10].map((bar) => nextLoopFault('bar', bar))).toEqual([5, 5, 9, 9, Infinity])
    expect(nextLoopFault('batch', 1)).toBe(3)
  })
})
