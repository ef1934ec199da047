// The examples of every command, which are those of its --help and of docs/cli.md: each is typed in a directory where
// what it names is there, and does it.

import { Parser, type Command } from '@oclif/core'
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { BaseCommand } from '../../commands/base.ts'
import { COMMANDS } from '../../commands/index.ts'
import { SP500_CSV } from '../support/csv-files.ts'
import { makePageWorld, type PageWorld } from '../support/page-session.ts'
import {
  completedBacktests,
  PULLBACK,
  run,
  synth,
  writeTradingFiles,
} from '../support/page-worlds.ts'
import { ROOT } from '../support/program.ts'
import { openPlainShell } from '../support/shell.ts'
import { directoriesOfFile } from '../support/spawned.ts'

const PAGE = 'docs/cli.md'
const directory = directoriesOfFile()

const EXAMPLES = Object.entries(COMMANDS).flatMap(([id, { examples = [] }]) =>
  (examples as string[]).map(
    (example) => [example.replaceAll('<%= config.bin %>', 'ktrdr'), id] as const,
  ),
)

/** Examples that are only parsed here, and where they are done. */
const ONLY_PARSED: Readonly<Record<string, string>> = {
  'ktrdr init': 'asks its way through: init.test.ts, in a terminal',
  'ktrdr demo': 'takes ten seconds: docs/getting-started.md, in pages.test.ts',
  'ktrdr doctor --rebuild': 'docs/user-guides/checkpoint-resume.md, in pages.test.ts',
  'ktrdr checkpoints rekey': 'asks for passphrases: encryption.test.ts, in a terminal',
  'ktrdr checkpoints rekey --new-key-file ktrdr.key':
    'docs/user-guides/checkpoint-resume.md, in pages.test.ts',
}

/** What the ids of an example are of, by what it does. */
const STORES: readonly (readonly [example: RegExp, store: string])[] = [
  [/^ktrdr (compare|report|operations delete .*--results|operations watch abc123)/, 'completed'],
  [/^ktrdr operations resume .*--export/, 'stopped-backtest'],
  [/^ktrdr tasks list/, 'tasks'],
  [/./, 'stopped'],
]

const TRAIN = 'ktrdr train pullback --data sp500.csv --end 2004-12-31'

/** What is typed before, so that there is what an example is about. */
const BEFORE: readonly (readonly [example: RegExp, command: string])[] = [
  [/@before-tuning/, 'ktrdr checkpoints tag abc123@5 before-tuning'],
  [/abc123@best/, 'ktrdr checkpoints tag abc123@6 best && ktrdr checkpoints tag def456@1 best'],
  [/unpin/, 'ktrdr checkpoints pin abc123@7'],
  [/operations (cancel|checkpoint)/, `${TRAIN} --epochs 900000 --detach`],
  [/operations watch latest/, `${TRAIN} --epochs 60 --detach`],
  [/completion/, 'mkdir -p ~/.zfunc'],
]

const ASKS =
  /^ktrdr (checkpoints (delete|cleanup)|models delete|operations delete|pipeline clear)(?!.* --(yes|dry-run))/

type Store = { readonly directory: string; readonly tails: Readonly<Record<string, string>> }

let cwd: string
const stores: Record<string, Store> = {}

beforeAll(() => {
  const files = makePageWorld(directory('files'), PAGE)
  cwd = files.cwd
  writeTradingFiles(cwd)
  for (const name of ['data', 'strategies']) mkdirSync(join(cwd, name))
  copyFileSync(PULLBACK, join(cwd, 'strategies', 'pullback.yaml'))
  copyFileSync(
    join(ROOT, 'examples', 'strategies', 'sma-cross.yaml'),
    join(cwd, 'strategies', 'sma-cross.yaml'),
  )
  for (const name of ['aapl.csv', 'data/sp500.csv']) copyFileSync(SP500_CSV, join(cwd, name))
  synth(files, 'EURUSD_1h.csv', '--timeframe', '1h')
  synth(files, 'EURUSD_1m.parquet', '--timeframe', '1m', '--start', '2020-01-01')
  synth(files, 'data/walk.parquet')
  for (const name of ['momentum.yaml', 'strategies/momentum.yaml'])
    copyFileSync(join(ROOT, 'test', 'fixtures', 'strategies-v2', 'dips.yaml'), join(cwd, name))

  copyFileSync(join(ROOT, 'examples', 'search', 'pullback.yaml'), join(cwd, 'space.yaml'))
  writeFileSync(join(cwd, 'pipeline.yaml'), PIPELINE)
  copyFileSync(join(ROOT, 'examples', 'tasks', 'pi.ts'), join(cwd, 'my-task.ts'))
  writeFileSync(join(cwd, 'data.json'), '[{ "darts": 20000 }]')
  writeFileSync(join(cwd, 'items.jsonl'), '{ "darts": 20000 }\n{ "darts": 40000 }\n')

  /** A store in which `make` records what is called abc123 … in the examples. */
  const store = (name: string, make: (world: PageWorld) => Store['tails']): void => {
    const at = join(directory('stores'), name)
    const world = { ...files, env: { ...files.env, KTRDR_DATA_DIR: at } }
    stores[name] = { directory: at, tails: make(world) }
  }
  store('completed', completedBacktests)
  store('stopped', (world) => {
    for (const epochs of ['1', '2', '1']) run(world, ...SHORT, '--epochs', epochs)
    return { def456: stopped(world, SHORT, 1), abc123: stopped(world, SHORT, 7) }
  })
  store('tasks', (world) => {
    run(world, 'tasks', 'run', './my-task.ts', '--input', 'items.jsonl')
    return {}
  })
  store('stopped-backtest', (world) => ({ abc123: stopped(world, RULES, 1) }))
})

const PIPELINE = `name: example
phases:
  train: { kind: train, strategy: pullback, data: sp500.csv, end: 2004-12-31, epochs: 1 }
  test: { kind: backtest, model: '\${train.model}', data: sp500.csv }
`

/** Some 20 batches an epoch. */
const SHORT = ['train', 'pullback', '--data', 'sp500.csv', '--end', '2004-12-31']
const RULES = ['backtest', 'examples/strategies/sma-cross.yaml', '--data', 'sp500.csv']

/** Something that was stopped after so many saves. @returns the end of its id */
function stopped(world: PageWorld, args: readonly string[], saves: number): string {
  const isTraining = args[0] === 'train'
  const [point, unit] = isTraining ? ['batch', 'batches'] : ['bar', 'bars']
  const faults = Array.from({ length: saves }, (_, i) => `${point}@${10 * (i + 1) + 1}:flush`)
  const env = {
    ...world.env,
    KTRDR_FAULT: [...faults, `${point}@${10 * saves + 5}:cancel`].join(','),
    KTRDR_CHECKPOINT_KEEP_LAST: '20',
  }
  const every = ['--checkpoint-every', `10${unit}`, '--json']
  return JSON.parse(run({ ...world, env }, ...args, ...every)).operationId.slice(-6)
}

const tried = EXAMPLES.filter(([example]) => !(example in ONLY_PARSED))

describe.concurrent('an example', () => {
  it.each(tried)('%s', async (example) => {
    const [, name] = STORES.find(([pattern]) => pattern.test(example))!
    const { directory: data, tails } = stores[name]!
    const world = makePageWorld(
      directory(`example-${EXAMPLES.findIndex(([each]) => each === example)}`),
      PAGE,
    )
    cpSync(cwd, world.cwd, { recursive: true })
    cpSync(data, world.env['KTRDR_DATA_DIR']!, { recursive: true })
    const named = (command: string): string =>
      command.replaceAll(/\b(?:abc123|def456|789abc)\b/g, (word) => tails[word] ?? word)
    const shell = openPlainShell(world.cwd, world.env)
    try {
      for (const [pattern, command] of BEFORE)
        if (pattern.test(example)) {
          const { status, said } = await shell.type(named(command))
          expect(status, said).toBe(0)
        }
      const { status, said } = await shell[ASKS.test(example) ? 'confirm' : 'type'](named(example))
      expect(status, said).toBe(0)
    } finally {
      await shell.close()
    }
  })
})

describe('an example that is only parsed', () => {
  it.each(Object.entries(ONLY_PARSED))('%s is one, and can be parsed: %s', async (example) => {
    const [, id] = EXAMPLES.find(([each]) => each === example)!
    const { args, flags, strict } = COMMANDS[id as keyof typeof COMMANDS] as Command.Class
    const words = example.split(' ').slice(1 + id.split(':').length)
    const parsed = Parser.parse(words, {
      args,
      flags: { ...BaseCommand.baseFlags, ...flags },
      strict,
    })
    await expect(parsed).resolves.toBeDefined()
  })
})
