// How long a run takes to be gone after Ctrl-C: SIGINTs at seeded random moments over the whole life of a run, the loading
// and the publishing included, to the exit of the process. Build first: npm run build
//
//   node scripts/node.mjs bench/signals/main.ts [--signals 25] [--seed 1] [case …]

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { randomStream } from '../../src/core/rng.ts'
import { barsCsv } from '../../test/support/world.ts'
import { quantile } from '../training/statistics.ts'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    signals: { type: 'string', default: '25' },
    seed: { type: 'string', default: '1' },
    program: { type: 'string', default: 'dist/bundle/ktrdr.cjs' },
  },
})
const signals = Number(flags.signals)
const random = randomStream(Number(flags.seed), 'sampling')
const directory = mkdtempSync(join(tmpdir(), 'ktrdr-signals-'))
const dataDir = join(directory, 'data')
const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}

const strategy = (name: string, model: string, training: string): string => `name: ${name}
version: "3.0"
training_data:
  symbols: { mode: single, symbol: WALK }
  timeframes: { mode: single, timeframe: 1h }
indicators:
  rsi_9: { type: rsi, period: 9 }
  macd_12: { type: macd, fast_period: 12, slow_period: 26, signal_period: 9 }
  adx_14: { type: adx, period: 14 }
fuzzy_sets:
  rsi: { indicator: rsi_9, low: [0, 20, 50], high: [50, 80, 100] }
  impulse: { indicator: macd_12.histogram, down: [-1, -0.5, 0], up: [0, 0.5, 1] }
  trend: { indicator: adx_14.adx, weak: [0, 10, 30], strong: [20, 50, 100] }
nn_inputs:
  - { fuzzy_set: rsi, timeframes: all }
  - { fuzzy_set: impulse, timeframes: all }
  - { fuzzy_set: trend, timeframes: all }
${model}
decisions: { output_format: classification, confidence_threshold: 0 }
training:
  labels: { source: zigzag, zigzag_threshold: 0.03 }
  optimizer: adam
  learning_rate: 0.001
${training}
`
const MLP = 'model: { type: mlp, architecture: { hidden_layers: [64, 32], dropout: 0.1 } }'
const LSTM =
  'model: { type: lstm, architecture: { sequence_length: 60, hidden_size: 128, num_layers: 1 } }'

const few = file('few.csv', barsCsv(20_000))
const many = file('many.csv', barsCsv(400_000))
const small = file('small.yaml', strategy('small', MLP, '  epochs: 30\n  batch_size: 64'))
const large = file('large.yaml', strategy('large', LSTM, '  epochs: 1\n  batch_size: 128'))
const quick = file('quick.yaml', strategy('quick', MLP, '  epochs: 1\n  batch_size: 4096'))
const ends = ['--end', '2020-03-31'] // some 2 000 hourly bars

type Case = { readonly name: string; readonly args: readonly string[] }
const CASES: readonly Case[] = [
  { name: 'train MLP', args: ['train', small, '--data', few] },
  { name: 'train LSTM', args: ['train', large, '--data', few, ...ends] },
  { name: 'load and train', args: ['train', quick, '--data', many] },
  { name: 'backtest', args: ['backtest', 'quick', '--data', many] },
]

const environment = {
  ...process.env,
  KTRDR_DATA_DIR: dataDir,
  KTRDR_DATA_CACHE: 'false', // every run reads its file
}

type Ending = { readonly ms: number; readonly how: string; readonly code: number }

/** Starts a run and stops it after `delayMs`; null when it had ended before. */
function interrupt(args: readonly string[], delayMs: number): Promise<Ending | null> {
  const child = spawn(process.execPath, [flags.program, ...args, '--progress', 'json'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = ''
  let sent: { readonly atMs: number; readonly stage: string } | null = null
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text))
  const timer = setTimeout(() => {
    sent = { atMs: performance.now(), stage: stageOf(told) }
    child.kill('SIGINT')
  }, delayMs)
  return new Promise((resolve) => {
    // The exit of the process, not the end of its output: that is what a shell waits for.
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      const endMs = performance.now()
      if (sent === null) return resolve(null)
      const exit = code ?? (signal === 'SIGINT' ? 130 : -1)
      resolve({ ms: endMs - sent.atMs, how: sent.stage, code: exit })
    })
  })
}

/** Where a run stood, by what it had told. */
function stageOf(told: string): string {
  const events = told.split('\n').filter((line) => line.startsWith('{"event"'))
  const kindOf = (line: string): string => /^\{"event":"([\w-]+)"/.exec(line)![1]!
  const last = events.at(-1)
  if (last === undefined) return 'starting'
  const stage = events.findLast((line) => kindOf(line) === 'stage')
  const isPublishing = stage !== undefined && /"stage":"(?:judging|publishing|saving)"/.test(stage)
  if (events.some((line) => kindOf(line) === 'started'))
    return isPublishing ? 'publishing' : 'running'
  return 'loading'
}

/** How long an undisturbed run takes. */
function lengthOf(args: readonly string[]): number {
  const beganMs = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [flags.program, ...args], {
    env: environment,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return performance.now() - beganMs
}

const all: Ending[] = []
const line = (name: string, endings: readonly Ending[]): void => {
  const times = endings.map(({ ms }) => ms)
  const codes = Map.groupBy(endings, ({ code }) => code)
  const exits = [...codes].map(([code, some]) => `${some.length} × ${code}`).join(', ')
  const [half, most, max] = [0.5, 0.99, 1].map((q) => Math.round(quantile(times, q)))
  console.log(
    `${name.padEnd(28)} ${String(times.length).padStart(4)} signals  median ${half} ms  p99 ${most} ms  max ${max} ms  exits ${exits}`,
  )
}

lengthOf(['train', quick, '--data', few]) // the model to backtest
for (const { name, args } of CASES) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  const lengthMs = lengthOf(args)
  const endings: Ending[] = []
  while (endings.length < signals) {
    const ending = await interrupt(args, (random.nextUint32() / 2 ** 32) * lengthMs)
    if (ending) endings.push(ending)
  }
  all.push(...endings)
  console.log(`${name}: ${(lengthMs / 1000).toFixed(1)} s`)
  for (const [how, some] of Map.groupBy(endings, (ending) => ending.how)) line(`  ${how}`, some)
  for (const { ms, how } of endings.toSorted((a, b) => b.ms - a.ms).slice(0, 2))
    console.log(`    ${Math.round(ms)} ms while ${how}`)
}
line('all', all)
rmSync(directory, { recursive: true })
