// Writing a first strategy: what a file of bars tells of it, and the file.

import { basename, join, relative } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import { TIMEFRAMES, type Timeframe } from './data/bars.ts'
import { resolveSettings } from './settings.ts'
import type { Starter } from './strategy/starter-choices.ts'
import { writeStrategy } from './write-strategy.ts'

export { STARTER_KINDS, STARTER_TEMPLATES } from './strategy/starter-choices.ts'

export type InitRequest = Starter & {
  /** Bars to train on: only for what to type next. */
  readonly data?: string | undefined
  readonly out?: string | undefined
  readonly force?: boolean
}

export type InitReport = {
  readonly path: string
  readonly name: string
  readonly features: readonly string[]
  readonly warnings: readonly string[]
  readonly next: readonly string[]
}

/** What a file of bars is of; null for what cannot be told. */
export type DataFacts = { readonly symbol: string | null; readonly timeframe: Timeframe | null }

/**
 * The symbol is that of the name (`EURUSD_1h.csv`, `sp500-1d.csv.gz`), the timeframe is measured.
 * @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID
 */
export async function factsOfData(path: string): Promise<DataFacts> {
  const [{ readChecked }, { timeframeOf }] = await Promise.all([
    import('./data/load-bars.ts'),
    import('./data/timeframe.ts'),
  ])
  const { spacingMs } = await readChecked(path, {})
  const name = basename(path).replace(/(\.(csv|tsv|txt|parquet|gz))+$/i, '')
  const ending = new RegExp(`[-_. ](${TIMEFRAMES.join('|')})$`, 'i')
  const symbol = name.replace(ending, '').toUpperCase()
  return {
    symbol: SYMBOL.test(symbol) ? symbol : null,
    timeframe: timeframeOf(spacingMs) ?? null,
  }
}

const SYMBOL = /^[A-Z0-9_\-.]{1,20}$/

/** @throws USAGE for a name or symbol that cannot be, or a file that is there; IO_FAILED */
export async function initStrategy(
  { name, kind, template, symbol, timeframe, data, out, force = false }: InitRequest,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<InitReport> {
  const [{ formatProblem, parseStrategy }, { starterText }, { longerTimeframe }, { featureIds }] =
    await Promise.all([
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
  const { strategy, warnings } = asUsage(() => parseStrategy(text, path))
  const command = `ktrdr init ${name} --kind ${kind} --template ${template} --symbol ${symbol} --timeframe ${timeframe}`
  writeStrategy(path, text, force, `${command}${out ? ` --out ${out}` : ''} --force`)
  return {
    path,
    name,
    features: featureIds(strategy),
    warnings: warnings.map(formatProblem),
    next: [
      `ktrdr validate ${path}`,
      `ktrdr train ${path} --data ${data ?? `${symbol}_${timeframe}.csv`}`,
    ],
  }
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
