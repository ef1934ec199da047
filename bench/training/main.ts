// `npm run bench:training`: a training step and a prediction of ktrdr beside PyTorch's, in one run.
//
// For every case the two processes are asked in turn, round after round, so that whatever else the machine does
// falls on both. Each is pinned to as many processors as it has threads. See README.md for how to read the figures.

import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { barChart, type BarChart } from './bar-chart.ts'
import { allCases, type BenchCase } from './cases.ts'
import { ENGINES, type EngineName } from './engines.ts'
import { startPeer, type Peer } from './peer.ts'
import { inOrder, markdown, microseconds, ratio } from './report.ts'
import { summarise, withEarlier, type Report, type Result, type Round } from './results.ts'

const USAGE = `Usage: npm run bench:training -- [options]

  --configs S,M-256,LSTM   cases whose names begin so; all by default
  --threads 1,2            numbers of threads                 [1,2]
  --dropout 0.2,0          probabilities of dropout           [0.2,0]
  --rounds N               interleaved rounds                 [5]
  --seconds S              length of a measurement            [0.4]
  --engine NAME            ${ENGINES.join(' or ')}                [kernel]
  --out DIR                write training.md, .json, .svg there; results of earlier runs in DIR are kept

PyTorch: apt-get install python3-torch libopenblas0-pthread, or KTRDR_BENCH_PYTHON=a Python that has torch.
`
const PYTHON = process.env['KTRDR_BENCH_PYTHON'] ?? '/usr/bin/python3'
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

const { values: options } = parseArgs({
  options: {
    configs: { type: 'string', default: '' },
    threads: { type: 'string', default: '1,2' },
    dropout: { type: 'string', default: '0.2,0' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.4' },
    engine: { type: 'string', default: 'kernel' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const numbers = (list: string): number[] => list.split(',').map(Number)

/** OpenMP and OpenBLAS get the same threads; waiting threads sleep, or two of them fight for a busy processor. */
function startTorch(threads: number): Promise<Peer | string> {
  const count = String(threads)
  const waiting: Record<string, string> = threads > 1 ? { OMP_WAIT_POLICY: 'passive' } : {}
  const env = { OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, ...waiting }
  return startPeer([PYTHON, here('torch_peer.py')], threads, env)
}

async function startKtrdr(threads: number): Promise<Peer> {
  const command = [process.execPath, here('ktrdr-peer.ts'), options.engine, String(threads)]
  const peer = await startPeer(command, threads, {})
  if (typeof peer === 'string') throw new Error(peer)
  return peer
}

async function measureCase(
  benchCase: BenchCase,
  ktrdr: Peer,
  torch: Peer | null,
): Promise<Round[]> {
  const request = { case: benchCase, seconds: Number(options.seconds) }
  const rounds: Round[] = []
  for (let round = 0; round < Number(options.rounds); round++)
    rounds.push({
      torch: torch && (await torch.measure(request)),
      ktrdr: await ktrdr.measure(request),
    })
  return rounds
}

function line({ name, threads, dropout, ktrdr, torch }: Result): string {
  const what = `${name.padEnd(24)} ${threads} thr  p ${dropout}`.padEnd(40)
  const ours = `ktrdr ${microseconds(ktrdr.median).padStart(9)} µs`
  if (!torch) return `${what}${ours}`
  const theirs = `torch ${microseconds(torch.median).padStart(9)} µs`
  return `${what}${theirs}   ${ours}   ${ratio(torch.ratio.wall).padStart(6)} wall ${ratio(torch.ratio.cpu).padStart(6)} CPU`
}

async function run(cases: readonly BenchCase[]): Promise<Report> {
  const results: Result[] = []
  const peers: { ktrdr: string; torch: string | null } = { ktrdr: '', torch: null }
  for (const threads of numbers(options.threads)) {
    const ktrdr = await startKtrdr(threads)
    const torch = await startTorch(threads).catch((error: Error) => error.message)
    const torchPeer = typeof torch === 'string' ? null : torch
    peers.ktrdr = ktrdr.description
    peers.torch = torchPeer && torchPeer.description
    console.log(`\n${ktrdr.description}`)
    console.log(
      typeof torch === 'string'
        ? `PyTorch is skipped: ${torch}\n${USAGE.split('\n').at(-2)}`
        : torch.description,
    )
    for (const benchCase of cases) {
      const result = summarise(benchCase, threads, await measureCase(benchCase, ktrdr, torchPeer))
      results.push(result)
      console.log(line(result))
    }
    ktrdr.close()
    torchPeer?.close()
  }
  const machine = `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}`
  const { rounds, seconds } = options
  return { machine, peers, rounds: Number(rounds), seconds: Number(seconds), results }
}

/** Without dropout, which PyTorch is slow at: the fairest comparison. */
function chart({ results }: Report): BarChart {
  const shown = inOrder(results).filter(({ dropout, torch }) => dropout === 0 && torch)
  const threads = [...new Set(shown.map((result) => result.threads))]
  return {
    title: 'How many times as fast as PyTorch (no dropout)',
    series: threads.map((count) => `${count} ${count === 1 ? 'thread' : 'threads'}`),
    groups: [...new Set(shown.map(({ name }) => name))].map((label) => ({
      label,
      bars: shown
        .filter(({ name }) => name === label)
        .map((result) => ({
          value: result.torch!.ratio.wall,
          series: threads.indexOf(result.threads),
        })),
    })),
  }
}

function write(report: Report, directory: string): void {
  mkdirSync(directory, { recursive: true })
  const json = join(directory, 'training.json')
  const whole = withEarlier(report, json)
  writeFileSync(json, `${JSON.stringify(whole, null, 1)}\n`)
  writeFileSync(join(directory, 'training.md'), markdown(whole))
  writeFileSync(join(directory, 'training.svg'), barChart(chart(whole)))
  console.log(`\nWritten: training.md, training.json and training.svg in ${directory}`)
}

const wanted = options.configs.split(',')
const cases = allCases(numbers(options.dropout)).filter(({ name }) =>
  wanted.some((prefix) => name.startsWith(prefix)),
)
if (options.help || cases.length === 0 || !ENGINES.includes(options.engine as EngineName)) {
  console.log(USAGE)
  process.exit(options.help ? 0 : 2)
}
const report = await run(cases)
if (options.out) write(report, options.out)
