// A training step as thread 0 leads it: it writes down what the step is about, does its share, and judges the result.

import { diverged } from '../diverged.ts'
import { dropoutThreshold, expectMaskable } from '../dropout.ts'
import { noSuchSample } from '../expect-samples.ts'
import { lossOf } from '../loss.ts'
import type { FitSettings, Network, Rows } from '../network.ts'
import { createPhases } from './architecture.ts'
import { divisorOf, writeDataSet } from './data-set.ts'
import { growMemory, paddedRows } from './memory.ts'
import { runPhases } from './phases.ts'
import { droppedLayers, STEP, type Plan } from './plan.ts'
import type { Routines } from './routines.ts'
import { writeDropoutKeys, writeOptimizerNumbers } from './step-numbers.ts'
import type { Team } from './team.ts'
import { notedNorm, notedOverflow } from './update.ts'

type Context = {
  readonly routines: Routines
  readonly memory: WebAssembly.Memory
  readonly plan: Plan
  readonly team: Team
}

export function createTrainer(
  { routines, memory, plan, team }: Context,
  fit: FitSettings,
  rows: Rows,
): Network['trainStep'] {
  const divisors = writeDataSet(memory, plan, lossOf(fit), rows)
  const phases = createPhases(routines, memory, plan, fit, 0)
  const masked = dropoutThreshold(plan.shape.dropout) === 0 ? 0 : droppedLayers(plan.shape)
  const step = plan.step / 4
  const { sampleCount } = plan

  let capacity = 0
  let place = phases.batchOf(0)
  // Made anew when the memory grows.
  let floats = new Float32Array(memory.buffer)
  let words = new Int32Array(memory.buffer)

  function makeRoom(count: number): void {
    expectMaskable(plan.shape, count)
    const larger = phases.batchOf(count)
    growMemory(memory, larger.end)
    floats = new Float32Array(memory.buffer)
    words = new Int32Array(memory.buffer)
    place = larger
    capacity = count
  }

  function writeSamples(batch: Int32Array): void {
    const at = place.samples / 4
    for (let i = 0; i < batch.length; i++) {
      const sample = batch[i]!
      if (sample < 0 || sample >= sampleCount) throw noSuchSample(sample, sampleCount)
      words[at + i] = sample
    }
    words.fill(batch[0]!, at + batch.length, at + paddedRows(batch.length))
  }

  function sumOfLosses(count: number): number {
    const at = place.values / 4
    let sum = 0
    for (let i = at; i < at + count; i++) sum += floats[i]!
    return sum
  }

  function hits(count: number): number {
    const at = place.hits / 4
    let missed = count
    for (let i = at; i < at + count; i++) missed += words[i]! // −1 is a hit
    return count - missed
  }

  return (batch, { step: number, learningRate }) => {
    const count = batch.length
    if (count === 0) throw diverged('loss', NaN)
    if (count > capacity) makeRoom(count)
    const divisor = divisorOf(divisors, batch)
    writeSamples(batch)
    words[step + STEP.count] = count
    words[step + STEP.capacity] = capacity
    floats[step + STEP.share] = 1 / divisor
    writeOptimizerNumbers(floats, step + STEP.numbers, fit.optimizer, number, learningRate)
    writeDropoutKeys(words, step + STEP.keys, masked, fit.seed, number)

    team.begin()
    let mean: number
    let correct: number
    try {
      runPhases(phases, team)
      mean = sumOfLosses(count) / divisor
      correct = hits(count)
      team.meet()
    } catch (error) {
      team.abort() // who stands at which barrier is not known any more
      throw error
    }
    if (!Number.isFinite(mean)) throw diverged('loss', mean)
    const norm = phases.update ? notedNorm(floats, plan.parameters) : notedOverflow(floats, plan)
    if (!Number.isFinite(norm)) throw diverged('gradient norm', norm)
    return { loss: mean, correct }
  }
}
