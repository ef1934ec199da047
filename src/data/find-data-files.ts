// Which files `--data` names for which symbol: FILE, SYMBOL=FILE, DIR or SYMBOL=DIR. In a directory a file is found by
// its name, SYMBOL_TIMEFRAME.csv (.csv.gz, .parquet). The name only finds it: what is in it is measured.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { distance } from 'fastest-levenshtein'
import { nearest } from '../core/did-you-mean.ts'
import { KtrdrError } from '../core/errors.ts'
import { TIMEFRAMES, type Timeframe } from './bars.ts'
import { dataFlag } from './data-flag.ts'
import { sourceTimeframe } from './resample.ts'

const FILE_NAME = /^(.+)_(\d+[mhdw])\.(?:csv|csv\.gz|parquet)$/i
const SUGGESTED = 3

export type DataFileRequest = {
  /** A file or a directory. */
  readonly path: string
  /** Null for that of the strategy. */
  readonly symbol: string | null
}

/**
 * The files of each symbol, each once, symbol by symbol, in the order given; whatever else a request holds goes with it.
 * @param timeframes of a directory only the files that these are made of, going by their names; without them all
 * @throws USAGE when files and symbols do not go together, FILE_NOT_FOUND for a symbol that a directory does not have
 */
export function findDataFiles<Request extends DataFileRequest>(
  requests: readonly Request[],
  symbols: readonly string[],
  timeframes?: readonly Timeframe[],
): (Request & { readonly symbol: string })[] {
  if (requests.length === 0)
    throw new KtrdrError('USAGE', `There are no bars of ${symbols.join(', ')} to work on.`, {
      suggestions: isOnly(symbols)
        ? ['--data FILE.csv']
        : [symbols.map((symbol) => `--data ${symbol}=FILE.csv`).join(' '), '--data DIR'],
    })
  for (const request of requests) refuseStranger(request, requests, symbols)
  refuseSharedFile(requests)
  const namesOf = new Map(requests.map(({ path }) => [path, namesInDirectory(path)]))
  return symbols.flatMap((symbol) => {
    const own = requests.filter((request) => {
      const isNamed = request.symbol === symbol
      return isNamed || (request.symbol === null && (namesOf.get(request.path) || isOnly(symbols)))
    })
    const found = own.flatMap((request) => {
      const names = namesOf.get(request.path)
      const paths = names
        ? filesOf(symbol, names, timeframes).map((name) => join(request.path, name))
        : [request.path]
      return paths.map((path) => ({ ...request, symbol, path }))
    })
    if (found.length === 0) throw noFile(symbol, own, namesOf)
    return found.filter(({ path }, i) => found.findIndex((one) => one.path === path) === i)
  })
}

function isOnly(symbols: readonly string[]): boolean {
  return symbols.length === 1
}

function refuseStranger(
  { path, symbol }: DataFileRequest,
  requests: readonly DataFileRequest[],
  symbols: readonly string[],
): void {
  const missing = symbols.filter((one) => !requests.some((request) => request.symbol === one))
  if (symbol === null) {
    if (isOnly(symbols) || namesInDirectory(path)) return
    throw new KtrdrError(
      'USAGE',
      `The strategy is for ${symbols.join(', ')}; ${path} does not say which of them it is for.`,
      { suggestions: whichIsWhose(requests, path, missing) },
    )
  }
  if (symbols.includes(symbol)) return
  throw new KtrdrError(
    'USAGE',
    `The strategy is for ${symbols.join(', ')}, the data for ${symbol}.`,
    { suggestions: [dataFlag(nearest(symbol, missing) ?? missing[0] ?? symbols[0]!, path)] },
  )
}

/** As many files without a symbol as symbols without a file are taken in their order; else either may be it. */
function whichIsWhose(
  requests: readonly DataFileRequest[],
  path: string,
  missing: readonly string[],
): string[] {
  const unnamed = requests.filter((request) => request.symbol === null)
  const isPaired = unnamed.length === missing.length
  return missing.map((one, i) => dataFlag(one, isPaired ? unnamed[i]!.path : path))
}

/** One file is of one market, whatever is written before it. */
function refuseSharedFile(requests: readonly DataFileRequest[]): void {
  for (const { path, symbol } of requests) {
    const other = requests.find(
      (request) =>
        request.path === path && symbol !== null && (request.symbol ?? symbol) !== symbol,
    )
    if (other && !namesInDirectory(path))
      throw new KtrdrError('USAGE', `${path} is given for ${symbol} and for ${other.symbol}.`, {
        suggestions: [dataFlag(other.symbol!, 'FILE.csv')],
      })
  }
}

/** Undefined when it is no directory that can be read: what reads the file will say what is wrong. */
function namesInDirectory(path: string): readonly string[] | undefined {
  try {
    return statSync(path).isDirectory() ? readdirSync(path).toSorted() : undefined
  } catch {
    return undefined
  }
}

/** Spelled exactly so, or else in other letters, from the shortest timeframe on. */
function filesOf(
  symbol: string,
  names: readonly string[],
  timeframes: readonly Timeframe[] | undefined,
): string[] {
  const files = names.flatMap((name) => {
    const [, owner, text] = FILE_NAME.exec(name) ?? []
    const timeframe = TIMEFRAMES.find((one) => one === text || isNotMonth(one, text))
    return owner !== undefined && timeframe ? [{ name, owner, timeframe }] : []
  })
  const exact = files.filter(({ owner }) => owner === symbol)
  const same = files.filter(({ owner }) => owner.toLowerCase() === symbol.toLowerCase())
  const own = exact.length > 0 ? exact : same
  const available = own.map(({ timeframe }) => timeframe)
  const isWanted = (timeframe: Timeframe): boolean =>
    !timeframes ||
    timeframes.some(
      (wanted) => (sourceTimeframe(wanted, available) ?? shortest(available)) === timeframe,
    )
  return TIMEFRAMES.filter((one) => isWanted(one)).flatMap((one) =>
    own.filter(({ timeframe }) => timeframe === one).map(({ name }) => name),
  )
}

/** `1H` is an hour as `1h` is; `1M` is a month. */
function isNotMonth(timeframe: Timeframe, text = ''): boolean {
  return !text.endsWith('M') && timeframe === text.toLowerCase()
}

function shortest(timeframes: readonly Timeframe[]): Timeframe | undefined {
  return TIMEFRAMES.find((timeframe) => timeframes.includes(timeframe))
}

function noFile(
  symbol: string,
  own: readonly DataFileRequest[],
  namesOf: ReadonlyMap<string, readonly string[] | undefined>,
): KtrdrError {
  if (own.length === 0)
    return new KtrdrError('USAGE', `There is no data for ${symbol}.`, {
      suggestions: [`--data ${symbol}=FILE.csv`],
    })
  const looked = own.map(({ path }) => path)
  const near = looked
    .flatMap((path) => (namesOf.get(path) ?? []).map((name) => join(path, name)))
    .filter((path) => /\.(csv|csv\.gz|parquet)$/i.test(path))
    .map((path) => ({ path, edits: distance(`${symbol}_1d.csv`.toLowerCase(), nameOf(path)) }))
    .toSorted((a, b) => a.edits - b.edits)
    .slice(0, SUGGESTED)
  return new KtrdrError(
    'FILE_NOT_FOUND',
    `There are no bars of ${symbol} in ${looked.join(', ')}: no ${symbol}_TIMEFRAME.csv, .csv.gz or .parquet with a timeframe of ${TIMEFRAMES.join(', ')}.`,
    {
      suggestions: near.map(({ path }) => dataFlag(symbol, path)),
      details: { symbol, looked },
    },
  )
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase()
}
