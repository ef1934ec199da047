// Writing a first strategy: what a file of bars tells of it, and the file.

import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import { shellWord } from './core/shell-word.ts'
import { parseDataArgument } from './data-argument.ts'
import { TIMEFRAMES, type Timeframe } from './data/bars.ts'
import { symbolOfFile } from './data/symbol-of-file.ts'
import { resolveSettings } from './settings.ts'
import type { Starter } from './strategy/starter-choices.ts'
import { writeStrategy } from './write-strategy.ts'

export { STARTER_KINDS, STARTER_TEMPLATES } from './strategy/starter-choices.ts'

export type InitRequest = Starter & {
  /** Bars to work on: only for what to type next. */
  readonly data?: string | undefined
  readonly out?: string | undefined
  readonly force?: boolean
}

export type InitReport = {
  readonly path: string
  readonly name: string
  /** Of a network. */
  readonly features: readonly string[]
  readonly warnings: readonly string[]
  readonly next: readonly string[]
  /** The file of bars that `next` takes for granted; null when it is there. */
  readonly missing: { readonly path: string; readonly timeframe: Timeframe } | null
}

/** What a file of bars is of; null for what cannot be told. */
export type DataFacts = { readonly symbol: string | null; readonly timeframe: Timeframe | null }

/**
 * The symbol is the one that is said, else that of the name (`EURUSD_1h.csv`, `sp500-1d.csv.gz`); the timeframe is measured.
 * @param timeframe that of the strategy, where it was said: the bars must not be longer
 * @throws USAGE when they are, FILE_NOT_FOUND, IO_FAILED, DATA_INVALID
 */
export async function factsOfData(data: string, timeframe?: Timeframe): Promise<DataFacts> {
  const [{ readChecked }, { timeframeOf }] = await Promise.all([
    import('./data/checked-file.ts'),
    import('./data/timeframe.ts'),
  ])
  const { path, symbol: said } = parseDataArgument(data)
  const { spacingMs } = await readChecked(path, {})
  const own = timeframeOf(spacingMs) ?? null
  if (timeframe && own && TIMEFRAMES.indexOf(own) > TIMEFRAMES.indexOf(timeframe))
    throw new KtrdrError('USAGE', `The bars of ${path} are ${own}, too coarse for ${timeframe}.`, {
      suggestions: [`--timeframe ${own}`],
    })
  const symbol = said ?? symbolOfFile(path)
  return { symbol: symbol !== null && SYMBOL.test(symbol) ? symbol : null, timeframe: own }
}

const SYMBOL = /^[A-Za-z0-9_\-.]{1,20}$/

/** @throws USAGE for a name or symbol that cannot be, or a file that is there; IO_FAILED */
export async function initStrategy(
  { name, kind, template, symbol, timeframe, data, out, force = false }: InitRequest,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<InitReport> {
  const [
    { formatProblem, parseAnyStrategy },
    { starterText },
    { longerTimeframe },
    { featureIds },
  ] = await Promise.all([
    import('./strategy/load-strategy.ts'),
    import('./strategy/starter.ts'),
    import('./strategy/starter-inputs.ts'),
    import('./features/feature-plan.ts'),
  ])
  if (template === 'multi-timeframe' && longerTimeframe(timeframe) === undefined)
    throw new KtrdrError('USAGE', `No timeframe is longer than ${timeframe}.`, {
      suggestions: [`ktrdr init ${name} --template trend --symbol ${symbol} --timeframe 1w`],
    })
  const { strategyDirectories } = await resolveSettings({ env, cwd })
  const path = out ?? fromHere(cwd, join(strategyDirectories[0]!, `${name}.yaml`))
  const text = starterText({ name, kind, template, symbol, timeframe })
  const { strategy, warnings } = asUsage(() => parseAnyStrategy(text, path))
  const words = initWords({ name, kind, template, symbol, timeframe, data, out })
  writeStrategy(path, text, force, [...words, '--force'].join(' '))
  const bars = data ?? `${symbol}_${timeframe}.csv`
  return {
    path,
    name,
    features: featureIds(strategy),
    warnings: warnings.map(formatProblem),
    next: [
      `ktrdr validate ${shellWord(path)}`,
      `ktrdr ${kind === 'rules' ? 'backtest' : 'train'} ${shellWord(path)} --data ${shellWord(bars)}`,
    ],
    missing: data === undefined && !existsSync(join(cwd, bars)) ? { path: bars, timeframe } : null,
  }
}

/** The command line that asks for this, as the shell reads it. */
export function initWords({
  name,
  ...flags
}: { readonly [Key in keyof InitRequest]?: InitRequest[Key] | undefined }): string[] {
  const said = Object.entries(flags).filter(([, value]) => typeof value === 'string')
  return ['ktrdr', 'init', ...(name === undefined ? [] : [shellWord(name)])].concat(
    said.map(([flag, value]) => `--${flag} ${shellWord(String(value))}`),
  )
}

/** As the user would type it. */
function fromHere(cwd: string, path: string): string {
  const short = relative(cwd, path)
  return short.startsWith('..') ? path : short
}

/** What cannot be is one of the words that were typed, and no file is there to point into. */
function asUsage<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof KtrdrError) || !('problems' in error.details)) throw error
    const problems = error.details['problems'] as readonly { path: string; message: string }[]
    const [first] = problems
    throw new KtrdrError('USAGE', `${first!.path.split('.').at(-1)!}: ${first!.message}.`, {
      suggestions: ['ktrdr init momentum --symbol EURUSD --timeframe 1h'],
      cause: error,
    })
  }
}
