import { describe, expect, it } from 'vitest'
import { engineFor, predictingEngine } from '../../../src/jobs/engine.ts'
import type { MlpShape } from '../../../src/neural/network.ts'
import { ONE_THREAD } from '../../support/kernel-engine.ts'

const mlp = (...hiddenLayers: number[]): MlpShape => ({
  kind: 'mlp',
  inputs: 20,
  hiddenLayers,
  outputs: 3,
  activation: 'relu',
  dropout: 0,
})

const threadsOf = (
  threads: number | null,
  cores: number,
  shape = mlp(512, 512),
  batch = 1024,
): number => engineFor({ ...ONE_THREAD, threads, cores }, shape, batch).threads

describe('the threads of a training', () => {
  it('are the processors when a step is long, and one when it is short', () => {
    expect(threadsOf(null, 6)).toBe(6)
    expect(threadsOf(null, 6, mlp(16), 32)).toBe(1)
  })

  it('are as many as were asked for', () => {
    for (const threads of [1, 2, 3, 8]) expect(threadsOf(threads, 2, mlp(16), 32)).toBe(threads)
  })

  it('are never so many that they only wait for each other', () => {
    expect(threadsOf(999, 2)).toBe(8)
    expect(threadsOf(999, 64)).toBe(64)
  })

  it('do not matter to a prediction', () => {
    expect(predictingEngine({ ...ONE_THREAD, threads: 5 }).threads).toBe(1)
  })
})
