// What the laboratory breaks: a training and a backtest that save six times and keep two checkpoints, so that every
// step of the protocols is taken, and that are over in a fraction of a second. Each save waits for the one before, so
// that the order of system calls hardly depends on the machine.

import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ktrdr, startKtrdr, type Running, type RunResult } from '../../support/program.ts'
import { makeWorld } from '../../support/world.ts'
import { listFiles, readBundle, type BundleBytes } from './files.ts'

export const KINDS = ['training', 'backtest'] as const
export type Kind = (typeof KINDS)[number]

/** Of each kind: the type of its operations and the kind of bundle that it publishes. */
export const FACTS = {
  training: { type: 'training', bundle: 'model' },
  backtest: { type: 'backtesting', bundle: 'backtest' },
} as const

/** How long a run is, and how often it is saved when nothing else is asked for: six times. */
const STEPS = {
  training: { point: 'batch', unit: 'batches', total: 52, every: 8 },
  backtest: { point: 'bar', unit: 'bars', total: 275, every: 45 },
} as const

export type RunChanges = {
  readonly env?: Readonly<Record<string, string>>
  readonly flags?: readonly string[]
  /** A fault beside the flushes. */
  readonly fault?: string
  /** Save after so many batches or bars. */
  readonly every?: number
}

export type Workload = {
  readonly kind: Kind
  /** What an undisturbed run publishes. */
  readonly expected: BundleBytes
  /** What is left in its data directory; null = not to be compared. */
  readonly expectedFiles: readonly string[] | null
  /** A data directory in which it has not been run yet. */
  readonly freshDataDir: (name: string) => string
  readonly command: (dataDir: string, changes?: RunChanges) => CommandLine
  readonly start: (dataDir: string, changes?: RunChanges) => Running
  /** Any other command. */
  readonly ask: (dataDir: string, ...args: readonly string[]) => Promise<RunResult>
}

export type CommandLine = {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export type Workloads = {
  readonly directory: string
  readonly of: Readonly<Record<Kind, Workload>>
  readonly remove: () => void
}

export async function makeWorkloads(): Promise<Workloads> {
  const world = makeWorld({ bars: 300, hiddenLayers: '[4]', epochs: 4 })
  const bases = {
    training: world.dataDir('base-training'),
    backtest: world.dataDir('base-backtest'),
  }
  const general = {
    NODE_COMPILE_CACHE: join(world.directory, 'compiled'),
    KTRDR_CHECKPOINT_KEEP_LAST: '2',
  }
  const ask = (dataDir: string, ...args: readonly string[]): Promise<RunResult> =>
    ktrdr(args, { dataDir, env: general })

  const make = async (kind: Kind): Promise<Workload> => {
    const verb = kind === 'training' ? world.train : world.backtest
    const { unit, every: usual } = STEPS[kind]
    const command: Workload['command'] = (dataDir, changes = {}) => {
      const { env = {}, flags = [], fault, every = usual } = changes
      const saving = ['--checkpoint-every', `${every}${unit}`]
      return {
        args: verb(...saving, '--progress', 'json', '--json', ...flags),
        env: {
          ...general,
          KTRDR_DATA_DIR: dataDir,
          KTRDR_FAULT: [...flushes(kind, every), ...(fault ? [fault] : [])].join(','),
          ...env,
        },
      }
    }
    const start: Workload['start'] = (dataDir, changes) => {
      const { args, env } = command(dataDir, changes)
      return startKtrdr(args, { dataDir, env })
    }
    const freshDataDir = (name: string): string => {
      const dataDir = world.dataDir(name)
      cpSync(bases[kind], dataDir, { recursive: true })
      return dataDir
    }
    const reference = freshDataDir(`reference-${kind}`)
    const run = await start(reference).done
    if (run.code !== 0) throw new Error(`the undisturbed ${kind} failed: ${run.stderr}`)
    const expected = readBundle(run.json()[FACTS[kind].bundle].path)
    const expectedFiles = listFiles(reference)
    return { kind, expected, expectedFiles, freshDataDir, command, start, ask }
  }

  mkdirSync(bases.training)
  const training = await make('training')
  cpSync(world.dataDir('reference-training'), bases.backtest, { recursive: true })
  return {
    directory: world.directory,
    of: { training, backtest: await make('backtest') },
    remove: world.remove,
  }
}

/** The save at n × every is on its way one step later, and is waited for there. */
function flushes(kind: Kind, every: number): string[] {
  const { point, total } = STEPS[kind]
  const saves = Math.floor((total - 1) / every)
  return Array.from({ length: saves }, (_, i) => `${point}@${(i + 1) * every + 1}:flush`)
}
