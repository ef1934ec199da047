// Reads and checks `training_data`: which symbols and which timeframes, each in their two spellings.

import type { Timeframe } from '../data/bars.ts'
import { error, missing } from './problems.ts'
import type { Finding, Path } from './problems.ts'
import type { PartialFile } from './schema.ts'

const SYMBOLS = ['training_data', 'symbols']
const TIMEFRAMES = ['training_data', 'timeframes']

export function checkTrainingData(file: PartialFile): Finding[] {
  return [...checkSymbols(file), ...checkTimeframes(file)]
}

/** In the order of the file; undefined when that cannot be told. */
export function symbolsOf({ training_data: data }: PartialFile): readonly string[] | undefined {
  const given = data?.symbols
  if (given?.mode === undefined) return undefined
  return given.mode === 'single' ? whole([given.symbol]) : whole(given.list ?? given.symbols)
}

/** In the order of the file, which is that of `timeframes: all`; undefined when that cannot be told. */
export function timeframesOf({
  training_data: data,
}: PartialFile): readonly Timeframe[] | undefined {
  const given = data?.timeframes
  if (given?.mode === undefined) return undefined
  return given.mode === 'single' ? whole([given.timeframe]) : whole(given.list ?? given.timeframes)
}

/** Where labels and trades are: the first timeframe unless the file says another. */
export function baseTimeframeOf(file: PartialFile): Timeframe | undefined {
  const given = file.training_data?.timeframes
  if (given === undefined) return undefined
  return Object.hasOwn(given, 'base_timeframe') ? given.base_timeframe : timeframesOf(file)?.[0]
}

function whole<Item>(list: readonly (Item | undefined)[] | undefined): readonly Item[] | undefined {
  return list?.every((item) => item !== undefined) ? [...new Set(list)] : undefined
}

function checkSymbols(file: PartialFile): Finding[] {
  const symbols = file.training_data?.symbols
  if (symbols?.mode === 'single' && !Object.hasOwn(symbols, 'symbol'))
    return [missing([...SYMBOLS, 'symbol'], 'mode: single', 'symbol: EURUSD')]
  if (symbols?.mode !== 'multi_symbol') return []
  if (!Object.hasOwn(symbols, 'list') && !Object.hasOwn(symbols, 'symbols'))
    return [missing([...SYMBOLS, 'list'], 'mode: multi_symbol', 'list: [AAPL, MSFT]')]
  const key = Object.hasOwn(symbols, 'list') ? 'list' : 'symbols'
  return [
    ...checkOneSpelling(SYMBOLS, symbols, 'symbols'),
    ...(symbols[key]?.length === 0 ? [error([...SYMBOLS, key], 'names no symbol')] : []),
    ...checkRepeats([...SYMBOLS, key], symbols[key]),
  ]
}

function checkTimeframes(file: PartialFile): Finding[] {
  const timeframes = file.training_data?.timeframes
  if (timeframes?.mode === undefined) return []
  if (timeframes.mode === 'single')
    return Object.hasOwn(timeframes, 'timeframe')
      ? checkBase(file)
      : [missing([...TIMEFRAMES, 'timeframe'], 'mode: single', 'timeframe: 1h')]
  if (!Object.hasOwn(timeframes, 'list') && !Object.hasOwn(timeframes, 'timeframes'))
    return [missing([...TIMEFRAMES, 'list'], 'mode: multi_timeframe', 'list: [1h, 4h]')]
  const key = Object.hasOwn(timeframes, 'list') ? 'list' : 'timeframes'
  const list = timeframes[key]
  if (list === undefined) return []
  const short = 'names fewer than two timeframes, which mode: multi_timeframe needs'
  return [
    ...checkOneSpelling(TIMEFRAMES, timeframes, 'timeframes'),
    ...(list.length < 2 ? [error([...TIMEFRAMES, key], short)] : []),
    ...checkRepeats([...TIMEFRAMES, key], list),
    ...checkBase(file),
  ]
}

function checkOneSpelling(path: Path, section: object, alias: string): Finding[] {
  if (!Object.hasOwn(section, 'list') || !Object.hasOwn(section, alias)) return []
  return [
    error([...path, alias], 'means list, which is given too', 'keep one of the two', {
      atKey: true,
    }),
  ]
}

function checkRepeats(path: Path, list: readonly (string | undefined)[] | undefined): Finding[] {
  return (list ?? []).flatMap((item, i) =>
    item !== undefined && list!.indexOf(item) < i
      ? [error([...path, i], `names ${item} a second time`, 'remove it')]
      : [],
  )
}

function checkBase(file: PartialFile): Finding[] {
  const base = file.training_data?.timeframes?.base_timeframe
  const list = timeframesOf(file)
  if (base === undefined || list === undefined || list.includes(base)) return []
  return [
    error(
      [...TIMEFRAMES, 'base_timeframe'],
      `invalid timeframe '${base}'`,
      `available timeframes: ${list.join(', ')}`,
    ),
  ]
}
