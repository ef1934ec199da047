// `node scripts/node.mjs bench/training/end-to-end/main.ts`: from a CSV of 100 000 bars to a saved model, by
// `ktrdr train` and by a plain PyTorch script that does the same work, in turn, several times. Program start, reading,
// features, 50 epochs with validation, and saving are all in the time. ktrdr saves checkpoints meanwhile.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median } from '../statistics.ts'
import { randomWalkCsv } from './make-bars.ts'

const PYTHON = process.env['KTRDR_BENCH_PYTHON'] ?? '/usr/bin/python3'
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

const { values: options } = parseArgs({
  options: {
    bars: { type: 'string', default: '100000' },
    epochs: { type: 'string', default: '50' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
  },
})

type Contender = {
  readonly name: string
  readonly command: (files: Files) => readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Validation loss of the saved model, from what the command prints. */
  readonly valLoss: (printed: unknown) => number
}
type Files = { readonly bars: string; readonly directory: string }
type Run = { readonly wall: number; readonly cpu: number; readonly valLoss: number }

const { epochs } = options

const ktrdr: Contender = {
  name: 'ktrdr train',
  env: {},
  command: ({ bars, directory }) => [
    process.execPath,
    here('../../../scripts/ktrdr.mjs'),
    'train',
    here('strategy.yaml'),
    '--data',
    `WALK=${bars}`,
    '--data-dir',
    directory,
    '--epochs',
    epochs,
    '--progress',
    'none',
    '--json',
  ],
  valLoss: (printed) => (printed as { metrics: { bestValLoss: number } }).metrics.bestValLoss,
}

/** One thread is the faster for networks of this size; two are what PyTorch takes by itself on two processors. */
const torch = (loader: 'dataloader' | 'index', threads: 1 | 2): Contender => ({
  name: `PyTorch, ${loader}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  env: {
    OMP_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
    OMP_WAIT_POLICY: 'passive',
  },
  command: ({ bars, directory }) => [
    PYTHON,
    here('train_torch.py'),
    bars,
    join(directory, 'model.pt'),
    '--epochs',
    epochs,
    '--loader',
    loader,
  ],
  valLoss: (printed) => (printed as { valLoss: number }).valLoss,
})

const CONTENDERS = [
  ktrdr,
  torch('dataloader', 1),
  torch('dataloader', 2),
  torch('index', 1),
] as const

/** The shell's `times` tells the processor time of a command and its children. */
const TIMED = '"$@" || exit 1; times >&2'

function run({ name, command, env, valLoss }: Contender, bars: string): Run {
  const directory = mkdtempSync(join(tmpdir(), 'ktrdr-bench-'))
  const start = performance.now()
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', TIMED, 'sh', ...command({ bars, directory })],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  )
  const wall = (performance.now() - start) / 1000
  rmSync(directory, { recursive: true })
  if (status !== 0) throw new Error(`${name} failed:\n${stderr}${stdout}`)
  return { wall, cpu: processorSeconds(stderr), valLoss: valLoss(JSON.parse(stdout)) }
}

/** `times` prints user and system time of the shell, then of its children: "0m1.50s 0m0.20s". */
function processorSeconds(printed: string): number {
  const times = [...printed.matchAll(/(\d+)m([\d.]+)s/g)].slice(-2)
  return times.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  )
}

function contenders(): readonly Contender[] {
  const wanted = CONTENDERS.filter(({ name }) =>
    options.only.split(',').some((part) => name.includes(part)),
  )
  if (spawnSync(PYTHON, ['-c', 'import torch']).status === 0) return wanted
  console.log('PyTorch is skipped: apt-get install python3-torch libopenblas0-pthread')
  return wanted.filter((contender) => contender === ktrdr)
}

const directory = mkdtempSync(join(tmpdir(), 'ktrdr-bench-'))
const bars = join(directory, 'WALK_1h.csv')
writeFileSync(bars, randomWalkCsv(Number(options.bars), 1))

const runs = new Map(contenders().map((contender) => [contender, [] as Run[]]))
for (let round = 0; round < Number(options.runs); round++)
  for (const [contender, done] of runs) done.push(run(contender, bars))
rmSync(directory, { recursive: true })

console.log(`${options.bars} bars × 30 features, MLP 64-32, batch 256, ${epochs} epochs`)
console.log(`medians of ${options.runs} runs\n`)
console.log('| | seconds | CPU seconds | best validation loss |\n|---|--:|--:|--:|')
for (const [{ name }, done] of runs) {
  const [wall, cpu] = [median(done.map((r) => r.wall)), median(done.map((r) => r.cpu))]
  const loss = median(done.map((r) => r.valLoss))
  console.log(`| ${name} | ${wall.toFixed(1)} | ${cpu.toFixed(1)} | ${loss.toExponential(4)} |`)
}
