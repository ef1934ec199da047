import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { ErrorData } from '../../../../src/core/errors.ts'
import { kernelModuleBytes } from '../../../../src/neural/kernel/module.ts'
import { createKernelNetwork } from '../../../../src/neural/kernel/network.ts'
import { makePlan } from '../../../../src/neural/kernel/plan.ts'
import { joinTeam, type Team } from '../../../../src/neural/kernel/team.ts'
import { abortKernel, type KernelThreadData } from '../../../../src/neural/kernel/thread.ts'
import type {
  FitSettings,
  Network,
  NetworkShape,
  NetworkState,
  Rows,
} from '../../../../src/neural/network.ts'
import { kernelEngine } from '../../../support/kernel-engine.ts'
import {
  mlpShapes,
  recurrentShapes,
  trainings,
  type Training,
} from '../../../support/random-training.ts'

/** How two steps ended: null = well. */
type Ended = readonly (ErrorData | null)[]

const running: Worker[] = []

function startWorker(file: string, data: unknown): Worker {
  const url = new URL(`../../../support/${file}`, import.meta.url)
  const worker = new Worker(url, { workerData: data })
  running.push(worker)
  return worker
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.terminate()))
})

function trained(training: Training, threads: number): { losses: number[]; state: NetworkState } {
  const { shape, fit, rows, batches } = training
  const startThread = (data: KernelThreadData): void => void startWorker('kernel-thread.ts', data)
  const network = createKernelNetwork({ ...kernelEngine(), threads, startThread }, shape, fit, rows)
  const losses = batches.map(
    (batch, i) => network.trainStep(batch, { step: i + 1, learningRate: 0.01 }).loss,
  )
  const state = network.read()
  network.close()
  return { losses, state }
}

/** A network whose threads are not started. */
function withHelpers(
  threads: number,
  shape: NetworkShape,
  fit: FitSettings,
  rows: Rows,
  module = kernelEngine().module,
): [Network, KernelThreadData[]] {
  const helpers: KernelThreadData[] = []
  const startThread = (data: KernelThreadData): void => void helpers.push(data)
  return [createKernelNetwork({ module, threads, startThread }, shape, fit, rows), helpers]
}

/** The team of a network, as its thread 0 sees it. */
function teamOf({ memory, input }: KernelThreadData): Team {
  return joinTeam(new Int32Array(memory.buffer), makePlan(input).team / 4, input.threads)
}

/** A kernel that throws in the middle of a step, because it has no routine of that name. */
const LOSSLESS = new WebAssembly.Module(
  Buffer.from(
    Buffer.from(kernelModuleBytes(false))
      .toString('latin1')
      .replace('cross_entropy', 'cross_entropx'),
    'latin1',
  ),
)

const SHAPE: NetworkShape = {
  kind: 'mlp',
  inputs: 1,
  hiddenLayers: [40, 8],
  outputs: 3,
  activation: 'tanh',
  dropout: 0,
}

const [example] = fc.sample(trainings(mlpShapes, 300), { numRuns: 1, seed: 7 }) as [Training]

describe('threads of a kernel network', () => {
  it('give the same bits whatever their number', () => {
    const shapes = fc.oneof(mlpShapes, recurrentShapes)
    const cases = fc.sample(trainings(shapes, 300), { numRuns: 8, seed: 1 })
    for (const training of cases) {
      const alone = trained(training, 1)
      for (const threads of [2, 3])
        expect(trained(training, threads), `${threads} threads`).toEqual(alone)
    }
  })

  it('sleep between steps, and end when the network is closed', async () => {
    const { shape, fit, rows, batches } = example
    const helpers: Worker[] = []
    const network = createKernelNetwork(
      {
        ...kernelEngine(),
        threads: 2,
        startThread: (data) => helpers.push(startWorker('kernel-thread.ts', data)),
      },
      shape,
      fit,
      rows,
    )
    network.trainStep(batches[0]!, { step: 1, learningRate: 0.01 })
    await sleep(50)
    const before = process.cpuUsage()
    await sleep(500)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1000, 'milliseconds of processor time in 500').toBeLessThan(150)

    const ended = new Promise((resolve) => helpers[0]!.once('exit', resolve))
    network.close()
    expect(await ended, 'exit code').toBe(0)
    expect(() => network.trainStep(batches[0]!, { step: 2, learningRate: 0.01 })).toThrow('closed')
  })

  it('are no more than a step has shares', () => {
    const few = { ...example.rows, count: 8 } // two tiles of rows
    const started: number[] = []
    const startThread = ({ thread }: KernelThreadData): void => void started.push(thread)
    const engine = { ...kernelEngine(), threads: 64, startThread }
    const shape = { ...SHAPE, inputs: example.shape.inputs }
    createKernelNetwork(engine, shape, example.fit, few)
    expect(started, 'pairs of panels of 3 layers: 3 + 1 + 1').toEqual([1, 2, 3, 4])
  })

  it('are told to end when one of them cannot be started', () => {
    const started: KernelThreadData[] = []
    const startThread = (data: KernelThreadData): void => {
      if (data.thread === 2) throw new Error('no more threads')
      started.push(data)
    }
    const { shape, fit, rows } = example
    expect(() =>
      createKernelNetwork({ ...kernelEngine(), threads: 3, startThread }, shape, fit, rows),
    ).toThrow('no more threads')
    expect(() => teamOf(started[0]!).begin()).toThrow('A kernel thread died.')
  })

  it('end when the network is closed in the middle of a step', async () => {
    const { shape, fit, rows } = example
    const [network, [data]] = withHelpers(2, shape, fit, rows)
    const helper = startWorker('kernel-thread.ts', data)
    const ended = new Promise((resolve) => helper.once('exit', resolve))
    teamOf(data!).begin() // a step of no rows, to whose first meeting thread 0 does not come
    await sleep(300)
    network.close()
    expect(await Promise.race([ended, sleep(2000, 'it still waits')]), 'exit code').toBe(0)
  })

  it.each([1, 2])(
    'take no more steps, %i of them, once one broke off on the first',
    async (count) => {
      const { module } = kernelEngine()
      const { fit, rows, batches } = example
      const loss = { ...fit, loss: { kind: 'cross_entropy' } } as const
      const shape = { ...SHAPE, inputs: example.shape.inputs }
      const targets = rows.targets.map(() => 0)
      const [network, [data]] = withHelpers(count, shape, loss, { ...rows, targets }, LOSSLESS)
      const step = (): unknown => network.trainStep(batches[0]!, { step: 1, learningRate: 0.01 })
      const helper = data && startWorker('kernel-thread.ts', { ...data, module })
      const died = helper && new Promise((resolve) => helper.once('error', resolve))
      expect(step).toThrow('not a function')
      expect(step).toThrow('A kernel thread died.')
      expect(step).toThrow('A kernel thread died.')
      if (died) expect(await Promise.race([died, sleep(2000, 'it waits')])).toBeInstanceOf(Error)
    },
  )

  it('make a step fail within a second when one of them dies', async () => {
    const module = kernelEngine().module
    const caller = startWorker('kernel-caller-thread.ts', { module, training: example })
    let died = 0
    const failures = await new Promise<Ended>((resolve, reject) => {
      caller.once('error', reject)
      caller.on('message', (message: { start?: KernelThreadData; ended?: Ended }) => {
        if (message.ended !== undefined) return resolve(message.ended)
        const data = message.start!
        // Broken data: the thread throws as soon as it runs.
        const helper = startWorker('kernel-thread.ts', { ...data, module: null })
        helper.once('error', () => {
          died = performance.now()
          abortKernel(data)
        })
      })
    })
    expect(performance.now() - died, 'milliseconds').toBeLessThan(1000)
    const failure = { code: 'OPERATION_FAILED', message: 'A kernel thread died.' }
    expect(failures, 'this step and the next').toMatchObject([failure, failure])
  })
})
