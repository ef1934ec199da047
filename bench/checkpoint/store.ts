// What the store makes of a real training, end to end: bytes a save adds, what stays on the disk, how long saving and
// loading take. Beside it the whole state written the way `torch.save` is used, one file a save, as durably: temporary
// file, fsync, rename, fsync of the directory. Prints Markdown.
//
//   node scripts/node.mjs bench/checkpoint/store.ts [--hidden 512,512] [--out store.json]

import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { CodecChoice } from '../../src/checkpoint/codecs/codec.ts'
import { makeDirectory, syncDirectory, writeNewFile } from '../../src/checkpoint/durable-files.ts'
import { NO_KEYS } from '../../src/checkpoint/encryption.ts'
import { loadCheckpoint } from '../../src/checkpoint/read-checkpoint.ts'
import { createSaveMemory } from '../../src/checkpoint/save-memory.ts'
import { writeCheckpoint } from '../../src/checkpoint/write-checkpoint.ts'
import type { Layout } from '../../src/core/layout.ts'
import type { Progress } from '../../src/core/operation.ts'
import { decodeSafetensors, encodeSafetensors } from '../../src/core/safetensors.ts'
import { takeApart, typedArrayFrom, type NamedArray, type Tensor } from '../../src/core/snapshot.ts'
import { storedBytes } from '../../src/store/blob-table.ts'
import { listCheckpoints } from '../../src/store/checkpoint-table.ts'
import { layoutOf } from '../../src/settings.ts'
import { openDatabase, type Sqlite } from '../../src/store/database.ts'
import { insertOperation } from '../../src/store/operation-table.ts'
import { median } from '../training/statistics.ts'
import { PHASES, traceTraining, type TracedEpoch } from './training-trace.ts'

const { values } = parseArgs({
  options: { hidden: { type: 'string', default: '512,512' }, out: { type: 'string' } },
})
const OPERATION = 'op_training_20261127_120000_benchx'
const hiddenLayers = values.hidden.split(',').map(Number)

type Way = {
  readonly name: string
  readonly codec: CodecChoice
  readonly keepLast: number
  readonly maxDepth: number
}

const WAYS: readonly Way[] = [
  { name: 'raw, the last 3', codec: 'raw', keepLast: 3, maxDepth: 0 },
  { name: 'as it comes: the last 3', codec: 'auto', keepLast: 3, maxDepth: 8 },
  { name: 'the last 25, no deltas', codec: 'auto', keepLast: 25, maxDepth: 0 },
  { name: 'the last 25, chains of 8', codec: 'auto', keepLast: 25, maxDepth: 8 },
  { name: 'all, no deltas', codec: 'auto', keepLast: 151, maxDepth: 0 },
  { name: 'all, chains of 50', codec: 'auto', keepLast: 151, maxDepth: 50 },
]

type Figures = {
  readonly way: string
  /** A save, in % of the raw state, in each phase of the training. */
  readonly addedPercent: readonly number[]
  /** On the disk after the last save, in raw states. */
  readonly kept: number
  readonly saveMs: number
  readonly loadMs: number
  readonly depth: number
}

const epochs = traceTraining(hiddenLayers)
const rawBytes = epochs[0]!.arrays.reduce((sum, { bytes }) => sum + bytes.length, 0)
const figures = [...WAYS.map(saveInStore), saveWhole()]
const machine = `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}, Node ${process.version}`
const megabytes = (rawBytes / 1e6).toFixed(1)

console.log(
  [
    '## The store on a real training',
    '',
    `${machine}. An MLP 100-${hiddenLayers.join('-')}-3 with Adam, ${megabytes} MB with the best weights, ${epochs.length} saves, one an epoch.`,
    '',
    `| kept | a save: ${PHASES.map(({ name }) => name).join(' | ')} | on the disk at the end | save | load the deepest | its depth |`,
    `|---|${PHASES.map(() => '--:|').join('')}--:|--:|--:|--:|`,
    ...figures.map(({ way, addedPercent, kept, saveMs, loadMs, depth }) => {
      const added = addedPercent.map((percent) => `${percent.toFixed(1)} %`)
      return `| ${[way, ...added, `${kept.toFixed(2)} states`, `${saveMs.toFixed(1)} ms`, `${loadMs.toFixed(1)} ms`, depth].join(' | ')} |`
    }),
  ].join('\n'),
)
if (values.out)
  writeFileSync(values.out, `${JSON.stringify({ machine, rawBytes, figures }, null, 1)}\n`)

function saveInStore({ name, codec, keepLast, maxDepth }: Way): Figures {
  return inDirectory((layout, db) => {
    const context = {
      db,
      layout,
      keys: NO_KEYS,
      fence: { operationId: OPERATION, generation: 1 },
      retention: { keepLast, keepBest: 0 },
      rules: { codec, maxDepth, inlineLimitBytes: 1024 ** 2 },
      memory: createSaveMemory(),
    }
    const added: number[] = []
    const times: number[] = []
    for (const [i, epoch] of epochs.entries()) {
      const beganMs = performance.now()
      const sizeBytes = writeCheckpoint(
        context,
        {
          seq: i + 1,
          type: 'periodic',
          progress: progressAt(i + 1),
          summary: {},
          metric: null,
          snapshot: takeApart(stateOf(epoch)),
          stateVersion: 1,
          overhead: { saves: 0, blockedMs: 0, runningMs: 0 },
        },
        Date.now(),
      )
      times.push(performance.now() - beganMs)
      added.push((100 * sizeBytes) / rawBytes)
    }
    const rows = listCheckpoints(db, OPERATION)
    const deepest = rows.reduce((a, b) => (b.depth > a.depth ? b : a))
    return {
      way: name,
      addedPercent: byPhase(added),
      kept: storedBytes(db, OPERATION) / rawBytes,
      saveMs: median(times),
      loadMs: timed(() => loadCheckpoint({ db, layout, keys: NO_KEYS }, deepest)),
      depth: deepest.depth,
    }
  })
}

/** One safetensors file a save, the last three kept. */
function saveWhole(): Figures {
  return inDirectory((layout) => {
    const directory = join(layout.packs, OPERATION)
    makeDirectory(directory)
    const times: number[] = []
    let path = ''
    for (const [i, epoch] of epochs.entries()) {
      const beganMs = performance.now()
      path = join(directory, `${i}.safetensors`)
      writeNewFile(`${path}.tmp`, encodeSafetensors({ metadata: {}, arrays: arraysOf(epoch) }))
      renameSync(`${path}.tmp`, path)
      syncDirectory(directory)
      rmSync(join(directory, `${i - 3}.safetensors`), { force: true })
      times.push(performance.now() - beganMs)
    }
    return {
      way: 'the whole state in a file (torch.save-like), the last 3',
      addedPercent: byPhase(epochs.map(() => 100)),
      kept: 3,
      saveMs: median(times),
      loadMs: timed(() => decodeSafetensors(readFileSync(path))),
      depth: 0,
    }
  })
}

function inDirectory(work: (layout: Layout, db: Sqlite) => Figures): Figures {
  const root = mkdtempSync(join(tmpdir(), 'ktrdr-bench-'))
  const layout = layoutOf(root, join(root, 'models'), false)
  const db = openDatabase(layout.database)
  try {
    insertOperation(db, {
      id: OPERATION,
      type: 'training',
      name: 'bench',
      settings: {},
      fingerprints: {},
      policy: {},
      progress: progressAt(0),
      createdAtMs: 0,
    })
    return work(layout, db)
  } finally {
    db.close()
    rmSync(root, { recursive: true })
  }
}

function progressAt(epoch: number): Progress {
  const cursor = { unit: 'epoch', at: epoch, of: epochs.length, within: null }
  return { cursor, doneRatio: epoch / epochs.length, metrics: {} }
}

/** As a training has it: the arrays by what they are, each a tensor. */
function stateOf(epoch: TracedEpoch): object {
  const groups = Map.groupBy(epoch.arrays, ({ group }) => group)
  const tensors = [...groups].map(([group, arrays]) => [
    group,
    Object.fromEntries(
      arrays.map(({ name, bytes }) => {
        const tensor = typedArrayFrom('F32', bytes) as Float32Array
        return [name, { tensor, shape: [tensor.length] } satisfies Tensor]
      }),
    ),
  ])
  return Object.fromEntries(tensors)
}

function arraysOf(epoch: TracedEpoch): NamedArray[] {
  return takeApart(stateOf(epoch)).arrays.slice()
}

function byPhase(percents: readonly number[]): number[] {
  return PHASES.map(({ name }) => {
    const ofPhase = percents.filter((_, i) => epochs[i]!.phase === name)
    return ofPhase.reduce((sum, percent) => sum + percent, 0) / ofPhase.length
  })
}

function timed(work: () => unknown, rounds = 9): number {
  return median(
    Array.from({ length: rounds }, () => {
      const beganMs = performance.now()
      work()
      return performance.now() - beganMs
    }),
  )
}
