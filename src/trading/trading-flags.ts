// Terms of trading as flags of a command line: read from there, and written so that the same settings come of them.

import { KtrdrError } from '../core/errors.ts'
import { parseNumber, parseRatio } from './ratio-text.ts'
import { asFlag, flagName } from './term-names.ts'
import { termsOf, withDefaults, type Trading } from './trading-settings.ts'
import { TERMS, type TextKey, type TradingTerms, type YesOrNoKey } from './trading-terms.ts'

/** As parsed of a command line: a flag that was not given is undefined. */
export type FlagTexts = Readonly<Record<string, unknown>>

const TEXT_KEYS = Object.keys(TERMS) as TextKey[]
const YES_OR_NO_KEYS: readonly YesOrNoKey[] = ['wholeUnits', 'reverse', 'leaveOpen']

/** @throws USAGE */
export function parseTradingFlags(flags: FlagTexts): TradingTerms {
  const texts = TEXT_KEYS.flatMap((key) => {
    const text = flags[flagName(key)]
    return typeof text === 'string' ? [[key, parsed(key, text)] as const] : []
  })
  const switches = YES_OR_NO_KEYS.flatMap((key) => {
    const value = flags[flagName(key)]
    return typeof value === 'boolean' ? [[key, value] as const] : []
  })
  return { ...Object.fromEntries(texts), ...Object.fromEntries(switches), ...sizeOfRatio(flags) }
}

function parsed(key: TextKey, text: string): unknown {
  const { parse, expected, example } = TERMS[key]
  const value = parse(text)
  if (value !== undefined) return value
  const meant = [`${text}%`, `units:${text}`].filter((guess) => parse(guess) !== undefined)
  throw new KtrdrError('USAGE', `${asFlag(key)} is "${text}"; expected ${expected}.`, {
    suggestions: (meant.length > 0 ? meant : [example]).map((each) => asFlag(key, each)),
  })
}

/** `--position-size RATIO`: what `--size` says of the equity, and the older of the two. */
function sizeOfRatio({ 'position-size': text }: FlagTexts): TradingTerms {
  if (typeof text !== 'string') return {}
  const ratio = parseNumber(text) ?? parseRatio(text)
  if (ratio !== undefined && ratio > 0) return { size: { kind: 'equity', ratio } }
  throw new KtrdrError(
    'USAGE',
    `--position-size is "${text}"; expected a share of the equity above 0.`,
    { suggestions: ['--position-size 0.25', '--size 25%'] },
  )
}

/** Said of every run, in this order, before what was asked for. */
const ALWAYS: readonly TextKey[] = ['capital', 'commission', 'slippage', 'size']

/**
 * Flags that give just these settings.
 * @param strategy what the strategy says, which the flags have to undo where the settings are others
 */
export function tradingFlags(settings: Trading, strategy: TradingTerms = {}): string[] {
  const { capital, commission, slippage, positionSize } = settings
  const terms = termsOf(settings)
  const nothing = termsOf({ capital, commission, slippage, positionSize, wholeUnits: false })
  const otherwise = { ...nothing, ...withDefaults(strategy) }
  const isSaid = (key: TextKey): boolean =>
    [nothing, otherwise].some((other) => textOf(key, terms) !== textOf(key, other))
  return [
    ...ALWAYS.map((key) =>
      key === 'size' && terms.size.kind === 'equity'
        ? `--position-size ${positionSize}`
        : asFlag(key, textOf(key, terms)),
    ),
    ...YES_OR_NO_KEYS.flatMap((key) => {
      if (terms[key]) return [asFlag(key)]
      return otherwise[key] ? [`--no-${flagName(key)}`] : []
    }),
    ...TEXT_KEYS.filter((key) => !ALWAYS.includes(key) && isSaid(key)).map((key) =>
      asFlag(key, textOf(key, terms)),
    ),
  ]
}

/** Flags that say just these terms. */
export function termFlags(terms: TradingTerms): string[] {
  return [
    ...YES_OR_NO_KEYS.flatMap((key) => {
      const value = terms[key]
      return value === undefined ? [] : [value ? asFlag(key) : `--no-${flagName(key)}`]
    }),
    ...TEXT_KEYS.filter((key) => terms[key] !== undefined).map((key) =>
      asFlag(key, textOf(key, terms as Required<TradingTerms>)),
    ),
  ]
}

function textOf(key: TextKey, terms: Required<TradingTerms>): string {
  return (TERMS[key].text as (value: unknown) => string)(terms[key])
}
