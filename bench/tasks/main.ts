// Queues of tasks: how much faster two workers are than one, and what a task costs beyond its own work.
//
//   node scripts/node.mjs bench/tasks/main.ts [--rounds 5] [--tasks 10000]

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mapTasks } from '../../src/library.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    tasks: { type: 'string', default: '10000' },
  },
})
const rounds = Number(values.rounds)
const dataDir = mkdtempSync(join(tmpdir(), 'ktrdr-bench-tasks-'))

/** Some 600 ms of work that nobody can optimise away. */
function busy(seed: number): number {
  let x = seed + 0.5
  for (let i = 0; i < 6e7; i++) x = Math.sqrt(x * x + 1e-9 * i)
  return x
}

const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]!

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

const items = Array.from({ length: 8 }, (_, i) => i)
const seconds: Record<number, number[]> = { 1: [], 2: [] }
for (let round = 0; round < rounds; round++)
  for (const workers of [1, 2])
    seconds[workers]!.push(await timed(() => mapTasks(busy, items, { workers, dataDir })))
const [one, two] = [median(seconds[1]!), median(seconds[2]!)]
console.log(
  `8 tasks of work: 1 worker ${one.toFixed(0)} ms, 2 workers ${two.toFixed(0)} ms, ${(one / two).toFixed(2)}x`,
)

const count = Number(values.tasks)
const tiny = Array.from({ length: count }, (_, i) => i)
const took: number[] = []
let slowest = 0
for (let round = 0; round < rounds; round++) {
  let lastMs: number | undefined
  const onEvent = ({ kind }: { readonly kind: string }): void => {
    if (kind !== 'progress') return
    const nowMs = performance.now()
    if (lastMs !== undefined) slowest = Math.max(slowest, nowMs - lastMs)
    lastMs = nowMs
  }
  took.push(
    await timed(() =>
      mapTasks((x: number) => x + 1, tiny, {
        workers: 2,
        checkpointInterval: '1s',
        dataDir,
        onEvent,
      }),
    ),
  )
}
const tinyMs = median(took)
console.log(
  `${count} tiny tasks: ${tinyMs.toFixed(0)} ms, ${((1000 * tinyMs) / count).toFixed(0)} µs each; at most ${slowest.toFixed(0)} ms between two signs of life; store ${(statSync(join(dataDir, 'ktrdr.db')).size / 1e6).toFixed(1)} MB after ${rounds} runs`,
)
rmSync(dataDir, { recursive: true })
