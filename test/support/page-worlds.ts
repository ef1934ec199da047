// What there is before the first line of a page is typed: files and runs that a page takes for granted, and what stands
// for its placeholders.

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { EXIT_CODES } from '../../src/core/errors.ts'
import { SP500_CSV } from './csv-files.ts'
import type { PageWorld, Session } from './page-session.ts'
import { readPage } from './pages.ts'
import { PROGRAMS, ROOT } from './program.ts'

export const PULLBACK = join(ROOT, 'examples', 'strategies', 'pullback.yaml')
const TRAINING = ['train', PULLBACK, '--data', SP500_CSV, '--quiet']
const ORDERS_AND_COSTS = 'docs/user-guides/orders-and-costs.md'

/** A slow disk must have saved epoch 10 before epoch 20 is due: they wait for that. */
function flushed(): Partial<Session> {
  return { replace: { 'KTRDR_FAULT=': 'KTRDR_FAULT=batch@461:flush,batch@921:flush,' } }
}

export const PREPARED: Readonly<
  Record<string, (world: PageWorld) => Partial<Session> | undefined | void>
> = {
  'README.md': () => ({ ctrlC: 'batch@500:cancel' }),
  'docs/getting-started.md': () => ({ ctrlC: 'batch@2387:cancel' }),
  'docs/user-guides/checkpoint-resume.md': flushed,
  'docs/user-guides/troubleshooting.md': flushed,
  'docs/user-guides/data.md': (world) => {
    for (const name of ['sp500.csv', 'big.csv']) copyFileSync(SP500_CSV, join(world.cwd, name))
    synth(world, 'EURUSD_1m.parquet', '--timeframe', '1m', '--start', '2020-01-01')
  },
  'docs/user-guides/migrating.md': ({ cwd }) =>
    copyFileSync(
      join(ROOT, 'test', 'fixtures', 'strategies-v2', 'dips.yaml'),
      join(cwd, 'dips.yaml'),
    ),
  'docs/user-guides/models.md': (world) => {
    for (const epochs of ['3', '6']) run(world, ...TRAINING, '--epochs', epochs)
  },
  [ORDERS_AND_COSTS]: ({ cwd }) => {
    writeTradingFiles(cwd)
  },
  'docs/user-guides/reports.md': (world) => ({ replace: completedBacktests(world) }),
  'docs/user-guides/scripting.md': ({ cwd }) => {
    copyFileSync(SP500_CSV, join(cwd, 'bars.csv'))
    copyFileSync(PULLBACK, join(cwd, 'strategy.yaml'))
    mkdirSync(join(cwd, 'strategies'))
    for (const name of ['a', 'b'])
      writeFileSync(
        join(cwd, 'strategies', `${name}.yaml`),
        readFileSync(PULLBACK, 'utf8').replace(/^name: .*$/m, `name: ${name}`),
      )
  },
  'docs/user-guides/signals.md': (world) => {
    writeTradingFiles(world.cwd)
    copyFileSync(PULLBACK, join(world.cwd, 'pullback.yaml'))
    synth(world, 'EURUSD_1h.csv', '--timeframe', '1h')
    const stamps = readFileSync(join(world.cwd, 'EURUSD_1h.csv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
    writeFileSync(
      join(world.cwd, 'signals.parquet'),
      probabilities(stamps.map((row) => row.split(',')[0]!)),
    )
  },
}

/** Runs the program there, to its end or until a fault stops it. @returns its stdout */
export function run({ cwd, env }: PageWorld, ...args: readonly string[]): string {
  const [node, ...program] = PROGRAMS.bundle
  const ran = spawnSync(node, [...program, ...args], { cwd, env, encoding: 'utf8' })
  if (ran.status !== 0 && ran.status !== EXIT_CODES.CANCELLED) throw new Error(ran.stderr)
  return ran.stdout
}

export function synth(world: PageWorld, name: string, ...flags: readonly string[]): void {
  run(world, 'data', 'synth', '--symbol-like', 'forex', '--out', name, ...flags)
}

/** Probabilities of each bar, as another program may have written them. */
function probabilities(timestamps: readonly string[]): Uint8Array {
  const column = (name: string, of: (i: number) => number) => ({
    name,
    data: Float64Array.from(timestamps, (_, i) => of(i)),
  })
  const columnData = [
    { name: 'timestamp', data: [...timestamps] },
    column('p_buy', (i) => (i % 9 === 0 ? 0.7 : 0.1)),
    column('p_hold', () => 0.2),
    column('p_sell', (i) => (i % 9 === 0 ? 0.1 : 0.7)),
  ]
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}

/** Three backtests of rules. @returns the ends of their ids, by what examples call them */
export function completedBacktests(world: PageWorld): Record<string, string> {
  const sma = ['examples/strategies/sma-cross.yaml', '--data', 'examples/data/sp500-1d.csv']
  const tailOf = (slippage: string): string =>
    JSON.parse(run(world, 'backtest', ...sma, '--slippage', slippage, '--json')).operationId.slice(
      -6,
    )
  return { '789abc': tailOf('0.002'), def456: tailOf('0.001'), abc123: tailOf('0') }
}

/** What the guide to orders trades: bars, signals of the first 400 of them, rates, and a strategy with its section. */
export function writeTradingFiles(directory: string): { readonly lastDate: string } {
  const dates = readFileSync(SP500_CSV, 'utf8')
    .split('\n')
    .slice(1, 400)
    .map((line) => line.split(',')[0]!)
  const signals = dates.flatMap((date, i) =>
    i % 9 === 0 ? [`${date},${i % 2 === 0 ? 'BUY' : 'SELL'}`] : [],
  )
  const files = {
    'signals.csv': `timestamp,signal\n${signals.join('\n')}\n`,
    'rates.csv': `timestamp,rate\n${dates[10]},0.0001\n${dates[20]},-0.0002\n`,
    'trend.yaml': withTrading(/```yaml\n(.*?)```/s.exec(readPage(ORDERS_AND_COSTS))![1]!),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  copyFileSync(SP500_CSV, join(directory, 'sp500.csv'))
  return { lastDate: dates.at(-1)! }
}

/** A section on how to trade in a strategy that is sound without it. */
export function withTrading(section: string): string {
  return readFileSync(PULLBACK, 'utf8').replace(/^training:/m, `${section}\ntraining:`)
}
