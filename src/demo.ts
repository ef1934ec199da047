// The promise, kept before your eyes: the same training twice, once killed inside an epoch and resumed, and the same
// for a backtest; then the files are compared. Everything is done by real child processes of this very program, and
// what they print is what is seen here.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import { sha256 } from './core/hash.ts'
import { ownCommand, ownName, readAsset } from './runtime/where.ts'

const STRATEGY = 'examples/strategies/pullback.yaml'
const BARS = 'examples/data/sp500-1d.csv'
const TRAIN = ['train', 'pullback.yaml', '--data', 'sp500-1d.csv', '--end', '2016-12-31']
const BACKTEST = ['backtest', 'pullback', '--data', 'sp500-1d.csv', '--start', '2017-01-01']
const KILL_BATCH = 1234
/** So that the newest save lies inside an epoch, however slow the disk: it waits for the one before. */
const SAVED_BATCH = 1200
const KILL_BAR = 600

export type DemoReport = {
  readonly directory: string
  /** How this program is called where it runs. */
  readonly name: string
  readonly comparisons: readonly {
    readonly file: string
    readonly straight: string
    readonly resumed: string
    readonly isIdentical: boolean
  }[]
}

/**
 * @param say prints a line of the demo itself
 * @param output where the children's stdout goes: 1 or 2
 * @throws OPERATION_FAILED when a child does not do what it should, or a file differs
 */
export async function runDemo(say: (line: string) => void, output: 1 | 2): Promise<DemoReport> {
  const directory = mkdtempSync(join(tmpdir(), 'ktrdr-demo-'))
  const dataDir = join(directory, 'data')
  mkdirSync(dataDir, { mode: 0o700 })
  for (const asset of [STRATEGY, BARS])
    writeFileSync(join(directory, basename(asset)), readAsset(asset))
  const children: Children = { directory, dataDir, output, say }
  const comparisons: DemoReport['comparisons'][number][] = []
  const compare = (
    kind: string,
    files: readonly string[],
    straight: string,
    resumed: string,
  ): void => {
    say(`\nThe ${kind} that ran through and the one that was killed and resumed:\n`)
    for (const file of files) {
      const [a, b] = [straight, resumed].map((path) => sha256(readFileSync(join(path, file))))
      const isIdentical = a === b
      comparisons.push({ file, straight: a!, resumed: b!, isIdentical })
      say(
        `  ${file.padEnd(18)} sha256 ${a!.slice(0, 16)}…  ${isIdentical ? '=' : '≠'}  ${b!.slice(0, 16)}…  ${isIdentical ? 'identical' : 'DIFFERENT'}`,
      )
      if (!isIdentical)
        throw new KtrdrError('OPERATION_FAILED', `The resumed ${kind} differs: ${file}.`, {
          suggestions: [`diff ${join(straight, file)} ${join(resumed, file)}`],
          details: { directory, comparisons },
        })
    }
  }

  say(`Everything happens in ${directory}, a fresh directory.`)

  say('\n── 1. Train a strategy on 17 years of the S&P 500 ──')
  await runChild(children, TRAIN)
  const straightModel = await placeOf(children, 'model')

  say(`\n── 2. The same training, killed with SIGKILL at batch ${KILL_BATCH}, inside an epoch ──`)
  await runChild(
    children,
    [...TRAIN, '--checkpoint-every', '150batches'],
    `batch@${SAVED_BATCH}:flush,batch@${KILL_BATCH}:kill`,
  )
  await runChild(children, ['operations', 'list', '--resumable'])
  await runChild(children, ['checkpoints', 'show', 'latest'])

  say('\n── 3. Resume it ──')
  await runChild(children, ['operations', 'resume', 'latest'])
  const resumedModel = await placeOf(children, 'model')
  compare(
    'training',
    ['model.safetensors', 'history.json', 'metrics.json'],
    straightModel,
    resumedModel,
  )

  say('\n── 4. Backtest the model on the three years that it has never seen ──')
  await runChild(children, [...BACKTEST, '--quiet'])
  const straightResult = await placeOf(children, 'backtest')

  say(`\n── 5. The same backtest, killed at bar ${KILL_BAR}, and resumed ──`)
  await runChild(children, [...BACKTEST, '--checkpoint-every', '250bars'], `bar@${KILL_BAR}:kill`)
  await runChild(children, ['operations', 'resume', 'latest'])
  const resumedResult = await placeOf(children, 'backtest')
  compare(
    'backtest',
    ['trades.csv', 'equity.safetensors', 'metrics.json'],
    straightResult,
    resumedResult,
  )

  return { directory, name: ownName, comparisons }
}

type Children = {
  readonly directory: string
  readonly dataDir: string
  readonly output: 1 | 2
  readonly say: (line: string) => void
}

/** Runs a command before the user's eyes. With a fault it must die by SIGKILL, without one it must succeed. */
async function runChild(
  children: Children,
  args: readonly string[],
  fault?: string,
): Promise<void> {
  const { say, output } = children
  say(`\n$ ${fault === undefined ? '' : `KTRDR_FAULT=${fault} `}ktrdr ${args.join(' ')}`)
  const { signal, code } = await spawnChild(children, args, ['inherit', output, 'inherit'], fault)
  // The bar of whoever was killed stands in the line; a shell would say the same below it.
  if (fault !== undefined && signal === 'SIGKILL') say(process.stderr.isTTY ? '\nKilled' : 'Killed')
  else if (fault !== undefined || code !== 0)
    throw new KtrdrError(
      'OPERATION_FAILED',
      `"ktrdr ${args.join(' ')}" ended with ${signal ?? code}.`,
    )
}

/** Where the newest operation has put what it made, by its own word. */
async function placeOf(children: Children, kind: 'model' | 'backtest'): Promise<string> {
  const { stdout } = await spawnChild(
    children,
    ['operations', 'show', 'latest', '--json'],
    ['ignore', 'pipe', 'inherit'],
  )
  const { result } = JSON.parse(stdout) as { result: Record<string, { path: string }> }
  return result[kind]!.path
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

type Ended = {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
}

function spawnChild(
  { directory, dataDir }: Children,
  args: readonly string[],
  stdio: ['inherit' | 'ignore', 1 | 2 | 'pipe', 'inherit'],
  fault?: string,
): Promise<Ended> {
  const [program, ...entry] = ownCommand()
  // The user's own settings have no part in it.
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('KTRDR_'))
  const child = spawn(program!, [...entry, ...args], {
    cwd: directory,
    env: {
      ...Object.fromEntries(env),
      XDG_CONFIG_HOME: directory,
      KTRDR_DATA_DIR: dataDir,
      ...(fault === undefined ? {} : { KTRDR_FAULT: fault }),
    },
    stdio,
  })
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  // The child decides how it stops, and the demo waits for that. A terminal sends its Ctrl-C to both; it counts once.
  let stoppedBy: NodeJS.Signals | undefined
  const stop = (signal: NodeJS.Signals): void => {
    stoppedBy = signal
    child.kill(signal)
  }
  for (const signal of STOP_SIGNALS) process.on(signal, stop)
  return new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (stoppedBy === undefined)
        resolve({ code, signal, stdout: Buffer.concat(chunks).toString() })
      else
        reject(
          new KtrdrError('CANCELLED', 'The demo was stopped.', { details: { signal: stoppedBy } }),
        )
    })
  }).finally(() => {
    for (const signal of STOP_SIGNALS) process.off(signal, stop)
  })
}
