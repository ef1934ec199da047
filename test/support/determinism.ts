// The bits of the trainings of the determinism table, on each engine, and those that are committed.

import { readFileSync, writeFileSync } from 'node:fs'
import { sha256 } from '../../src/core/hash.ts'
import { bytesOf } from '../../src/core/snapshot.ts'
import { createKernelNetwork } from '../../src/neural/kernel/network.ts'
import { ARITHMETIC } from '../../src/neural/network.ts'
import { createReferenceNetwork } from '../../src/neural/reference/network.ts'
import { enableWideSimd } from '../../src/runtime/wide-simd.ts'
import { nameOf, TABLE, type Row } from './determinism-table.ts'
import { STEPS, trainingOf } from './determinism-training.ts'
import { kernelEngine } from './kernel-engine.ts'
import { startKernelThreads } from './kernel-threads.ts'
import type { CreateNetwork } from './trainings.ts'

/** SHA-256 of what a training gives. */
export type Hashes = {
  /** Weights, then slots, in their order. */
  readonly state: string
  /** Loss and number of right predictions of each step. */
  readonly losses: string
  /** Of the first sample alone, and of all. */
  readonly predictions: string
}

export type Committed = {
  readonly arithmetic: string
  readonly steps: number
  readonly hashes: Readonly<Record<string, Hashes>>
}

export const ENGINES = [
  'reference',
  'narrow-1',
  'narrow-2',
  'narrow-3',
  'wide-1',
  'wide-2',
  'wide-3',
] as const
/** Tile of the kernel and number of threads. */
export type EngineName = (typeof ENGINES)[number]

function hashesOf(row: Row, create: CreateNetwork): Hashes {
  const { shape, fit, rows, batchOf, rateOf } = trainingOf(row)
  const network = create(shape, fit, rows)
  const losses = new Float64Array(2 * STEPS)
  for (let step = 1; step <= STEPS; step++) {
    const result = network.trainStep(batchOf(step), { step, learningRate: rateOf(step) })
    losses.set([result.loss, result.correct], 2 * step - 2)
  }
  const { weights, slots } = network.read()
  const tensors = [...Object.values(weights), ...Object.values(slots)]
  const predictions = [1, rows.count].map((count) => network.predict({ ...rows, count }))
  network.close()
  return {
    state: sha256(...tensors.map(({ tensor }) => bytesOf(tensor))),
    losses: sha256(bytesOf(losses)),
    predictions: sha256(...predictions.map(bytesOf)),
  }
}

/** The hashes of the whole table by name; null = this machine or this Node has no such engine. */
export async function hashesBy(name: EngineName): Promise<Committed['hashes'] | null> {
  const all = (create: CreateNetwork): Committed['hashes'] =>
    Object.fromEntries(TABLE.map((row) => [nameOf(row), hashesOf(row, create)]))
  if (name === 'reference') return all(createReferenceNetwork)
  const [tile, threads] = name.split('-')
  if (tile === 'wide' && !enableWideSimd()) return null
  const { engine, end } = startKernelThreads(kernelEngine(tile === 'wide').module, Number(threads))
  try {
    return all((shape, fit, rows) => createKernelNetwork(engine, shape, fit, rows))
  } finally {
    await end()
  }
}

const FILE = new URL('../golden/determinism/hashes.json', import.meta.url)

export function readCommitted(): Committed {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Committed
}

export async function writeCommitted(): Promise<void> {
  const hashes = await hashesBy('reference')
  const committed = { arithmetic: ARITHMETIC, steps: STEPS, hashes }
  writeFileSync(FILE, `${JSON.stringify(committed, null, 2)}\n`)
}
