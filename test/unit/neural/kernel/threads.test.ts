import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { ErrorData } from '../../../../src/core/errors.ts'
import { createKernelNetwork } from '../../../../src/neural/kernel/network.ts'
import { abortKernel, type KernelThreadData } from '../../../../src/neural/kernel/thread.ts'
import type { NetworkState } from '../../../../src/neural/network.ts'
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
