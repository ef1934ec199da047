// What does saving cost a training while it runs? A real training, driven as in a run, is saved every second into a real
// data directory: by the writer thread while it computes on, as ktrdr does; with the training waiting until each save is
// on the disk; and, to compare, not at all.
//
//   node scripts/node.mjs bench/checkpoint/blocking.ts [--seconds 20] [--interval-ms 1000] [--directory DIR]

import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { parseArgs } from 'node:util'
import { makeDirectory } from '../../src/checkpoint/durable-files.ts'
import { NO_KEYS } from '../../src/checkpoint/encryption.ts'
import type { Json } from '../../src/core/hash.ts'
import { newOperationId } from '../../src/core/ids.ts'
import { takeApart } from '../../src/core/snapshot.ts'
import type { Job } from '../../src/jobs/job.ts'
import { trainingJob } from '../../src/jobs/training.ts'
import type { TrainingRequest } from '../../src/jobs/training-inputs.ts'
import { openKernel } from '../../src/open-kernel.ts'
import {
  CANCEL,
  createControl,
  raise,
  setElapsed,
  waitForWriter,
} from '../../src/runner/control.ts'
import { drive } from '../../src/runner/drive.ts'
import type { JobToWriter, MainToWriter, WriterToMain } from '../../src/runner/messages.ts'
import { startWorker } from '../../src/runtime/start-worker.ts'
import { resolveSettings, runSettingsOf, type Settings } from '../../src/settings.ts'
import { insertAttempt } from '../../src/store/attempt-table.ts'
import { openDatabase } from '../../src/store/database.ts'
import { insertOperation } from '../../src/store/operation-table.ts'
import { median } from '../training/statistics.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    'interval-ms': { type: 'string', default: '1000' },
    directory: { type: 'string', default: tmpdir() },
  },
})
const runMs = Number(values.seconds) * 1000
const intervalMs = Number(values['interval-ms'])
const examples = join(import.meta.dirname, '..', '..', 'examples')

const NETWORKS = ['[550, 540]', '[1800, 1720]']
const MODES = ['not at all', 'by the writer', 'waiting for it'] as const
type Mode = (typeof MODES)[number]
type Loaded = Awaited<ReturnType<Job['load']>>

console.log(
  '| network | state | saved | saves | blocked, median | of an interval | of the time | batches/s |',
)
console.log('|---|--:|---|--:|--:|--:|--:|--:|')
for (const hiddenLayers of NETWORKS) for (const mode of MODES) await measure(hiddenLayers, mode)

async function measure(hiddenLayers: string, mode: Mode): Promise<void> {
  const directory = mkdtempSync(join(values.directory, 'ktrdr-bench-'))
  try {
    const job = trainingJob as Job
    const machine = { threads: 1, cores: 1, kernel: openKernel, startThread: () => {} }
    const loaded = await job.load(requestOf(directory, hiddenLayers) as Json, machine)
    const state = job.begin(loaded.inputs)
    const messages = await run(directory, job, loaded, state, mode)

    const saves = messages.flatMap((message) => (message.kind === 'save' ? [message.save] : []))
    const end = messages.find((message) => message.kind === 'end')!
    const totals = [...saves, end].map(({ overhead }) => overhead.blockedMs)
    // A message tells of its save up to the handing over; the rest of it, and all of a wait, the next one tells.
    const each = totals.slice(1).map((total, i) => total - totals[i]!)
    const { blockedMs, runningMs } = end.overhead
    const bytes = takeApart(job.encode(state)).arrays.reduce(
      (n, { data }) => n + data.byteLength,
      0,
    )
    const pauseMs = each.length > 0 ? median(each) : 0
    console.log(
      `| 13-${hiddenLayers}-3 | ${(bytes / 1e6).toFixed(1)} MB | ${mode} | ${saves.length} | ${pauseMs.toFixed(2)} ms | ${percent(pauseMs / intervalMs)} | ${percent(blockedMs / runningMs)} | ${((job.units(state, loaded.inputs)['batch']! / runningMs) * 1000).toFixed(1)} |`,
    )
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Drives in this thread, as the job thread does, and gives back what the writer was told. */
async function run(
  directory: string,
  job: Job,
  loaded: Loaded,
  state: unknown,
  mode: Mode,
): Promise<JobToWriter[]> {
  const settings = await resolveSettings({
    flags: { data_dir: join(directory, 'data') },
    env: {},
    cwd: directory,
  })
  const opening = claim(settings, loaded)
  const { layout } = settings
  const control = createControl()
  const { port1: toWriter, port2: peer } = new MessageChannel()
  const writer = startWorker({
    workerData: { role: 'writer', layout, keys: NO_KEYS, control, resume: null, peer },
    transferList: [peer],
  })
  const answers: WriterToMain[] = []
  const ended = new Promise<void>((done, fail) => {
    writer.on('error', fail)
    writer.on('message', (answer: WriterToMain) => {
      answers.push(answer)
      if (answer.kind.startsWith('end')) done()
    })
  })
  await once(writer, 'online')
  writer.postMessage(opening)

  const told: JobToWriter[] = []
  const beganMs = performance.now()
  drive(
    {
      job: {
        ...job,
        advance: (...where) => {
          job.advance(...where)
          const elapsedMs = performance.now() - beganMs
          setElapsed(control, elapsedMs) // in a run the main thread does these two
          if (elapsedMs >= runMs) raise(control, CANCEL)
        },
      },
      inputs: loaded.inputs,
      policy: {
        every: {},
        intervalMs: mode === 'not at all' ? null : intervalMs,
        minIntervalMs: 0,
        onStop: false,
        adaptive: null,
      },
      control,
      sent: new Map(),
      elapsedMs: () => performance.now(),
      toWriter: (message) => {
        told.push(message)
        toWriter.postMessage(message)
        if (mode === 'waiting for it') waitForWriter(control)
      },
      onStage: () => {},
      onProgress: () => {},
      onSaveFailed: (error) => console.error(error.message),
    },
    state,
  )
  await ended
  await writer.terminate()
  toWriter.close()
  for (const answer of answers) if ('error' in answer) console.error(answer.error.message)
  return told
}

/** Records the operation, as the start of a run does, and says what the writer needs to know of it. */
function claim(
  settings: Settings,
  { name, fingerprints, settings: resolved }: Loaded,
): MainToWriter {
  const { layout } = settings
  const { retention, rules } = runSettingsOf(settings)
  const fence = { operationId: newOperationId('training', Date.now()), generation: 1 }
  makeDirectory(layout.root)
  const db = openDatabase(layout.database)
  insertOperation(db, {
    id: fence.operationId,
    type: 'training',
    name,
    settings: resolved,
    fingerprints,
    policy: {},
    progress: { cursor: { unit: 'epoch', at: 0, of: 1, within: null }, doneRatio: 0, metrics: {} },
    createdAtMs: Date.now(),
  })
  insertAttempt(db, fence.operationId, {
    pid: process.pid,
    host: 'bench',
    program: 'bench',
    overrides: {},
    resumedFrom: null,
    startedAtMs: Date.now(),
  })
  db.close()
  return {
    kind: 'open',
    fence,
    lastSeq: 0,
    retention,
    rules,
    keepCheckpoints: false,
    provenance: {},
    damaged: [],
  }
}

/** The example strategy with larger layers, and its bars. */
function requestOf(directory: string, hiddenLayers: string): TrainingRequest {
  const strategy = join(directory, 'bench.yaml')
  const example = readFileSync(join(examples, 'strategies', 'pullback.yaml'), 'utf8')
  writeFileSync(strategy, example.replace('[32, 16]', hiddenLayers))
  return {
    strategy: { given: strategy, directories: [], snapshot: null },
    data: [{ path: join(examples, 'data', 'sp500-1d.csv'), symbol: null, used: null }],
    range: { fromMs: null, toMs: null },
    epochs: 100_000,
    seed: null,
    warmStart: null,
  }
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(3)} %`
}
