import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

// The house law: which room may import which. Type imports count. docs/architecture/README.md tells the why.

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Modules of Node and npm that a room may use. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: ['node:crypto', 'fastest-levenshtein'],
  runtime: ['node:*', 'better-sqlite3'],
  wasm: [],
  indicators: [],
  fuzzy: [],
  labels: [],
  features: [],
  rules: [],
  neural: [],
  training: [],
  performance: [],
  search: [],
  walkforward: [],
  trading: [],
  backtest: [],
  strategy: ['node:fs', 'node:path', 'yaml', 'zod'],
  data: [
    'node:crypto',
    'node:fs',
    'node:fs/promises',
    'node:path',
    'node:zlib',
    'node:stream',
    'papaparse',
    'fastest-levenshtein',
    'hyparquet',
    'hyparquet/src/column.js',
    'hyparquet-writer',
  ],
  pipeline: ['node:crypto', 'node:fs', 'node:path', 'zod'],
  store: ['node:fs', 'node:path'],
  checkpoint: ['node:crypto', 'node:fs', 'node:path', 'node:zlib'],
  models: ['node:fs', 'node:path'],
  jobs: ['node:fs', 'node:module', 'node:path'],
  runner: ['node:events', 'node:path', 'node:worker_threads'],
  operations: ['node:fs', 'node:os', 'node:path', 'node:timers/promises', 'pino'],
  report: [],
  terminal: ['cli-progress', 'cli-table3', 'inquirer', 'ora', 'pretty-bytes'],
  commands: ['@oclif/core'],
}

const MATHS = [
  'indicators',
  'fuzzy',
  'labels',
  'features',
  'rules',
  'neural',
  'training',
  'performance',
  'search',
  'walkforward',
  'trading',
  'backtest',
] as const

/** Rooms, or single files, that a room may import; `data/bars.ts` holds the types of price bars. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  runtime: ['core'],
  wasm: [],
  indicators: ['core', 'data/bars.ts'],
  fuzzy: ['core', 'data/bars.ts', 'indicators'],
  labels: ['core', 'data/bars.ts', 'indicators'],
  features: ['core', 'data/bars.ts', 'labels', 'fuzzy', 'indicators'],
  rules: ['core', 'data/bars.ts', 'backtest/intents.ts', 'features', 'fuzzy', 'indicators'],
  neural: ['core', 'data/bars.ts', 'wasm'],
  training: ['core', 'data/bars.ts', 'neural', 'features', 'labels', 'fuzzy', 'indicators'],
  performance: ['core', 'data/bars.ts'],
  search: ['core', 'performance/normal-distribution.ts', 'rules/condition.ts'],
  walkforward: ['core', 'data/bars.ts', 'backtest/intents.ts', 'performance'],
  trading: ['core'],
  backtest: ['core', 'data/bars.ts', 'performance', 'trading', 'indicators'],
  strategy: ['core', 'data/bars.ts', ...MATHS],
  data: ['core'],
  pipeline: [
    'core',
    'data/bars.ts',
    'data/synthesize.ts',
    'strategy/plain-value.ts',
    'strategy/problems.ts',
    'strategy/schema-walk.ts',
    'strategy/schema-words.ts',
    'strategy/strategy-document.ts',
    'strategy/yaml-limits.ts',
    'trading/term-names.ts',
    'trading/trading-terms.ts',
  ],
  store: ['core', 'runtime'],
  checkpoint: ['core', 'store', 'wasm'],
  models: ['core', 'store', 'features/normalize.ts', 'neural/leaky-slope.ts', 'neural/network.ts'],
  jobs: ['core', 'data', 'strategy', 'models', ...MATHS],
  runner: [
    'core',
    'runtime',
    'store',
    'checkpoint',
    'jobs/job.ts',
    'jobs/parcel.ts',
    'jobs/work.ts',
    'jobs/worker-pool.ts',
    'neural/kernel/thread.ts',
  ],
  operations: ['core', 'store', 'checkpoint', 'runner'],
  report: [
    'core',
    'performance/buy-and-hold.ts',
    'performance/calendar-returns.ts',
    'trading/describe-trading.ts',
    'performance/drawdown.ts',
    'backtest/equity-columns.ts',
    'performance/exit-reasons.ts',
    'backtest/rejection-text.ts',
    'trading/simulation-settings.ts',
  ],
  terminal: ['core', 'trading/describe-trading.ts', 'backtest/rejection-text.ts'],
  commands: [
    'ktrdr.ts',
    'demo.ts',
    'terminal',
    'core/errors.ts',
    'core/system-error.ts',
    'core/did-you-mean.ts',
    'core/shell-word.ts',
  ],
}

type Source = { readonly path: string; readonly room: string; readonly text: string }

function sourcesIn(directory: string): Source[] {
  return readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const path = join(directory, name)
      const [first = '', second = ''] = path.split('/')
      const room =
        first === 'commands' ? 'commands' : path.split('/').length > 2 ? second : 'front door'
      return { path, room, text: readFileSync(join(root, path), 'utf8') }
    })
}

const SOURCES = [...sourcesIn('src'), ...sourcesIn('commands')]

const IMPORT = /^(?:import|export)\b[^']*?\bfrom '([^'\n]+)'|\bimport\('([^'\n]+)'\)/gm

/** Everything that a file imports or re-exports, statically or dynamically. */
function importsOf({ text }: Source): string[] {
  const found = [...text.matchAll(IMPORT)].map(([, fixed, dynamic]) => fixed ?? dynamic!)
  return [...new Set(found)]
}

/** Path of a relative import from `src/`, e.g. `core/errors.ts`. */
function targetOf(source: Source, specifier: string): string {
  return relative('src', join(dirname(source.path), specifier))
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '')
}

const inRooms = (rooms: readonly string[]): Source[] =>
  SOURCES.filter(({ room }) => rooms.includes(room))

describe('the house law', () => {
  it('knows every room', () => {
    const rooms = new Set(SOURCES.map(({ room }) => room))
    rooms.delete('front door')
    expect([...rooms].toSorted()).toEqual(Object.keys(ROOMS).toSorted())
  })

  it.each(Object.keys(ROOMS))('%s imports only what it may', (room) => {
    const broken = inRooms([room]).flatMap((source) =>
      importsOf(source)
        .filter((specifier) => {
          if (specifier.startsWith('.')) {
            const target = targetOf(source, specifier)
            if (target === '../package.json') return room !== 'commands'
            const [targetRoom] = target.startsWith('../commands') ? ['commands'] : target.split('/')
            return (
              targetRoom !== room &&
              !ROOMS[room]!.some((allowed) => allowed === targetRoom || allowed === target)
            )
          }
          const allowed = PACKAGES[room]!
          return (
            !allowed.includes(specifier) &&
            !(allowed.includes('node:*') && specifier.startsWith('node:'))
          )
        })
        .map((specifier) => `${source.path} imports ${specifier}`),
    )
    expect(broken).toEqual([])
  })

  it('has no drawers for things without a name', () => {
    const drawers = SOURCES.filter(({ path }) =>
      /\b(utils?|helpers?|common|manager|misc)\b/i.test(path),
    )
    expect(drawers.map(({ path }) => path)).toEqual([])
  })

  it('has only small files', () => {
    const large = SOURCES.filter(({ text }) => text.split('\n').length > 320)
    expect(large.map(({ path }) => path)).toEqual([])
  })
})

describe('determinism', () => {
  it.each([
    ['time', /Date\.now|new Date\(\)|performance\.now|process\.hrtime/, ['src/core/clock.ts']],
    ['unseeded randomness', /Math\.random/, []],
    ['the console', /\bconsole\./, []],
    ['RETURNING, whose failed COMMIT better-sqlite3 hides', /\bRETURNING\b/, []],
  ] as const)('nobody uses %s', (_, pattern, exceptions) => {
    const users = SOURCES.filter(
      ({ path, text }) =>
        !(exceptions as readonly string[]).includes(path) && pattern.test(withoutComments(text)),
    )
    expect(users.map(({ path }) => path)).toEqual([])
  })

  it('maths uses no function whose bits ECMAScript leaves open', () => {
    const open =
      /Math\.(exp|expm1|log|log2|log10|log1p|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot)\b|\*\*/
    const users = inRooms(MATHS).filter(({ text }) => open.test(withoutComments(text)))
    expect(users.map(({ path }) => path)).toEqual([])
  })

  it('nobody but SQLite opens the database or a lock file', () => {
    // Closing such a descriptor would silently drop the locks of the whole process. Creating the file is the exception.
    const opens =
      /(readFileSync|openSync|copyFileSync|createReadStream)\([^)]*(lockPath|layout\.database|\.lock)/
    expect(SOURCES.filter(({ text }) => opens.test(text)).map(({ path }) => path)).toEqual([])
  })
})
