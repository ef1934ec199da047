// What somebody says of how a backtest trades, on the command line or in a strategy: each term, how it is read and how it
// is written. A term that is undefined was not said; null says that there shall be none of it.

import { distanceText, isAway, isBelowPrice, parseDistance } from './distance-text.ts'
import { orderText, parseOrder } from './order-text.ts'
import { parseNumber, parseRatio, ratioText } from './ratio-text.ts'
import type { CostSettings, Distance, EntryOrder } from './simulation-settings.ts'
import { parseSize, sizeText, type Size } from './size-text.ts'

export type TradingTerms = Partial<{
  readonly capital: number
  readonly size: Size
  readonly wholeUnits: boolean
  readonly lotStep: number | null
  readonly leverage: number
  readonly maintenanceMargin: number | null
  readonly maxEntries: number
  readonly order: EntryOrder
  readonly orderExpiry: number | null
  readonly reverse: boolean
  readonly sides: 'long' | 'short' | 'both'
  readonly leaveOpen: boolean
  readonly stopLoss: Distance | null
  readonly takeProfit: Distance | null
  readonly trailingStop: Distance | null
  readonly maxBars: number | null
  readonly commission: number
  readonly makerCommission: number | null
  readonly commissionPerUnit: number
  readonly commissionPerOrder: number
  readonly minCommission: number
  readonly slippage: number
  readonly slippageOfRange: number
  readonly slippageOfVolume: Exclude<CostSettings['slippageOfVolume'], undefined> | null
  readonly spread: number
  readonly prices: 'middle' | 'bid'
  readonly borrowFee: number
}>

export type TermKey = keyof TradingTerms
/** Terms that are yes or no, for which a flag needs no text. */
export type YesOrNoKey = 'wholeUnits' | 'reverse' | 'leaveOpen'
export type TextKey = Exclude<TermKey, YesOrNoKey>

type Value<Key extends TermKey> = Exclude<TradingTerms[Key], undefined>

export type Term<T> = {
  /** undefined: it cannot be meant. */
  readonly parse: (text: string) => T | undefined
  readonly text: (value: T) => string
  /** As in "expected …". */
  readonly expected: string
  readonly example: string
}

function term<T>(
  parse: (text: string) => T | undefined,
  allows: (value: T) => boolean,
  text: (value: T) => string,
  expected: string,
  example: string,
): Term<T> {
  const parseAllowed = (given: string): T | undefined => {
    const value = parse(given.trim())
    return value !== undefined && allows(value) ? value : undefined
  }
  return { parse: parseAllowed, text, expected, example }
}

/** The same, or "none". */
function orNone<T>({ parse, text, expected, example }: Term<T>): Term<T | null> {
  return {
    parse: (given) => (given.trim() === 'none' ? null : parse(given)),
    text: (value) => (value === null ? 'none' : text(value)),
    expected: `${expected}, or none`,
    example,
  }
}

/** What people have and pay: nothing of it leaves the range in which figures of money can be added. */
function money(expected: string, example: string, least = 0): Term<number> {
  return term(parseNumber, (n) => n >= least && n <= 1e15, String, expected, example)
}

function whole(least: number, most: number, what: string, example: string): Term<number> {
  const expected = `a whole number of ${what} from ${least} to ${most}`
  const allows = (n: number): boolean => Number.isInteger(n) && n >= least && n <= most
  return term(parseNumber, allows, String, expected, example)
}

function share(what: string, example: string, text: (ratio: number) => string = ratioText) {
  return term(parseRatio, (ratio) => ratio < 1, text, `a share of ${what} below 100 %`, example)
}

function distance(
  allows: (distance: Distance) => boolean,
  bound: string,
  example: string,
): Term<Distance | null> {
  const expected = `a share of the price${bound} or a multiple of the ATR, as 2% or 2atr`
  return orNone(term(parseDistance, allows, distanceText, expected, example))
}

function oneOf<Word extends string>(...words: readonly Word[]): Term<Word> {
  const parse = (text: string): Word | undefined => words.find((word) => word === text)
  return term(parse, () => true, String, words.join(' or '), words[0]!)
}

const BAR_LIMIT = 1_000_000

export const TERMS: { readonly [Key in TextKey]-?: Term<Value<Key>> } = {
  capital: money('an amount of money from 1e-6 to 1e15', '100000', 1e-6),
  size: term(
    parseSize,
    () => true,
    sizeText,
    'a share of the equity (25%), cash:10000, units:100, volatility:15% or risk:1%',
    '25%',
  ),
  lotStep: orNone(money('a number of units from 1e-12 to 1e15', '0.01', 1e-12)),
  leverage: term(parseNumber, (n) => n >= 1 && n <= 1000, String, 'a number from 1 to 1000', '2'),
  maintenanceMargin: orNone(share('the notional', '25%')),
  maxEntries: whole(1, 1000, 'entries', '3'),
  order: term(
    parseOrder,
    () => true,
    orderText,
    'market, close, limit:DISTANCE, stop:DISTANCE or stop-limit:DISTANCE,DISTANCE, with distances as 0.5% or 1atr',
    'limit:0.5%',
  ),
  orderExpiry: orNone(whole(1, BAR_LIMIT, 'bars', '5')),
  sides: oneOf('long', 'short', 'both'),
  stopLoss: distance(isBelowPrice, ' below 100 %', '2%'),
  takeProfit: distance(isAway, '', '4%'),
  trailingStop: distance(isBelowPrice, ' below 100 %', '3%'),
  maxBars: orNone(whole(1, BAR_LIMIT, 'bars', '20')),
  commission: share('the notional', '0.001', String),
  makerCommission: orNone(share('the notional', '0.02%')),
  commissionPerUnit: money('an amount of money, 0 or more, 1e15 at most', '0.005'),
  commissionPerOrder: money('an amount of money, 0 or more, 1e15 at most', '1'),
  minCommission: money('an amount of money, 0 or more, 1e15 at most', '1'),
  slippage: share('the price', '0.0005', String),
  slippageOfRange: share('the range of a bar', '10%'),
  slippageOfVolume: orNone(
    term(
      parseVolumeSlippage,
      () => true,
      ({ impact, maxShare }) => `${impact},${ratioText(maxShare)}`,
      'an impact and the largest share of the volume, as 0.1,2.5%',
      '0.1,2.5%',
    ),
  ),
  spread: share('the price', '0.01%'),
  prices: oneOf('middle', 'bid'),
  borrowFee: term(parseRatio, () => true, ratioText, 'a share of the value a year', '0.5%'),
}

function parseVolumeSlippage(text: string): { impact: number; maxShare: number } | undefined {
  const [first = '', second, ...others] = text.split(',').map((part) => part.trim())
  const [impact, maxShare] = [parseNumber(first), parseRatio(second ?? '')]
  if (impact === undefined || maxShare === undefined || others.length > 0) return undefined
  return maxShare > 0 && maxShare <= 1 ? { impact, maxShare } : undefined
}
