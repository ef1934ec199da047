// Reads and checks `training_data`: which symbols and which timeframes, each in their two spellings.

import type { Timeframe } from '../data/bars.ts'
import { error, missing, warning } from './problems.ts'
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
  const isOne = given.mode === 'single' && Object.hasOwn(given, 'symbol')
  return whole(isOne ? [given.symbol] : (given.list ?? given.symbols))
}

/** In the order of the file, which is that of `timeframes: all`; undefined when that cannot be told. */
export function timeframesOf({
  training_data: data,
}: PartialFile): readonly Timeframe[] | undefined {
  const given = data?.timeframes
  if (given?.mode === undefined) return undefined
  const isOne = given.mode === 'single' && Object.hasOwn(given, 'timeframe')
  return whole(isOne ? [given.timeframe] : (given.list ?? given.timeframes))
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
  if (symbols?.mode === 'single')
    return checkSingle(SYMBOLS, symbols, {
      one: 'symbol',
      many: 'symbols',
      mode: 'multi_symbol',
      example: 'EURUSD',
    })
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
    return [
      ...checkSingle(TIMEFRAMES, timeframes, {
        one: 'timeframe',
        many: 'timeframes',
        mode: 'multi_timeframe',
        example: '1h',
      }),
      ...checkBase(file),
    ]
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

/** `mode: single` takes its one symbol or timeframe, or a list that has no other. */
function checkSingle(
  path: Path,
  section: object,
  { one, many, mode, example }: Readonly<Record<'one' | 'many' | 'mode' | 'example', string>>,
): Finding[] {
  if (Object.hasOwn(section, one)) return []
  const given = new Map<string, readonly unknown[] | undefined>(Object.entries(section))
  const key = ['list', many].find((name) => given.has(name))
  if (key === undefined) return [missing([...path, one], 'mode: single', `${one}: ${example}`)]
  const twice = checkOneSpelling(path, section, many)
  const list = given.get(key)
  if (twice.length > 0 || list === undefined) return twice
  const place = [...path, key]
  if (list.length === 0)
    return [error(place, `names no ${one}`, `write for example ${one}: ${example}`)]
  if (list.length > 1)
    return [error(place, `names ${list.length} ${many}, but mode is single`, `write mode: ${mode}`)]
  if (list[0] === undefined) return []
  return [warning(place, `is read as ${one}: ${String(list[0])}`, undefined, { atKey: true })]
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
