// All indicators by name. To add one: write its file, list it here, and give it a golden.
// A name is looked up as upstream does: any case, canonical type or alias, with or without the suffix `Indicator`.

import { adx } from './adx.ts'
import { atr } from './atr.ts'
import { bollingerBands } from './bollinger-bands.ts'
import { ema } from './ema.ts'
import type { Indicator } from './indicator.ts'
import { macd } from './macd.ts'
import { momentum } from './momentum.ts'
import { roc } from './roc.ts'
import { rsi } from './rsi.ts'
import { sma } from './sma.ts'
import { stochastic } from './stochastic.ts'
import { williamsR } from './williams-r.ts'
import { wma } from './wma.ts'

/** Canonical type → indicator. */
export const INDICATORS: ReadonlyMap<string, Indicator> = new Map(
  [adx, atr, bollingerBands, ema, macd, momentum, roc, rsi, sma, stochastic, williamsR, wma].map(
    (indicator) => [indicator.type, indicator],
  ),
)

/** Types of upstream that a later version brings: a strategy that names one is not wrong, only early. */
export const KNOWN_LATER: readonly string[] = [
  'adline',
  'aroon',
  'bollingerbandwidth',
  'cci',
  'cmf',
  'distancefromma',
  'donchianchannels',
  'fishertransform',
  'ichimoku',
  'keltnerchannels',
  'mfi',
  'obv',
  'parabolicsar',
  'rvi',
  'squeezeintensity',
  'supertrend',
  'volumeratio',
  'vwap',
]

/** Types of upstream that never come, and why. */
export const REFUSED: ReadonlyMap<string, string> = new Map([
  ['zigzag', 'it repaints: its value at a bar depends on later bars, so it can only be a label'],
])

const BY_NAME: ReadonlyMap<string, Indicator> = new Map(
  [...INDICATORS.values()].flatMap((indicator) =>
    [indicator.type, ...indicator.aliases].map((name) => [name, indicator]),
  ),
)

export function findIndicator(name: string): Indicator | undefined {
  return BY_NAME.get(canonicalSpelling(name))
}

export function isKnownLater(name: string): boolean {
  return KNOWN_LATER.includes(canonicalSpelling(name))
}

/** Why this indicator of upstream is not offered; undefined when nothing speaks against it. */
export function refusal(name: string): string | undefined {
  return REFUSED.get(canonicalSpelling(name))
}

/** Canonical types and aliases, sorted: what a misspelled name is compared with. */
export function indicatorNames(): string[] {
  return [...BY_NAME.keys()].toSorted()
}

function canonicalSpelling(name: string): string {
  return name.toLowerCase().replace(/indicator$/, '')
}
