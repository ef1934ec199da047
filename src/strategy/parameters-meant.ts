// Which parameters of an indicator a key of a file means: the one of its name, or those of another name.
//
// Source: files of upstream ktrdr carry parameters that its own migration left behind and that it drops without a word
// (W20). Those that say something are read as what they say; a `source` or a `period` of an indicator that has none
// does nothing. Every other key is a mistake.

import type { Indicator } from '../indicators/indicator.ts'

type Spellings = Readonly<Record<string, readonly string[]>>

const OTHER_SPELLINGS: Readonly<Record<string, Spellings>> = {
  bollingerbands: { std_dev: ['multiplier'] },
  bollingerbandwidth: { std_dev: ['multiplier'] },
  macd: { fast: ['fast_period'], slow: ['slow_period'], signal: ['signal_period'] },
  squeezeintensity: { period: ['bb_period', 'kc_period'] },
}

const IDLE_NAMES: readonly string[] = ['source', 'period']

/** Itself, other names, none for a key that does nothing; undefined for one that is unknown. */
export function parametersMeant(
  { type, parameters }: Indicator,
  key: string,
): readonly string[] | undefined {
  if (Object.hasOwn(parameters, key)) return [key]
  const spellings = OTHER_SPELLINGS[type] ?? {}
  if (Object.hasOwn(spellings, key)) return spellings[key]
  return IDLE_NAMES.includes(key) ? [] : undefined
}

/** Keys beside the parameters' own names that are accepted. */
export function otherKeys(indicator: Indicator): readonly string[] {
  return [...Object.keys(OTHER_SPELLINGS[indicator.type] ?? {}), ...IDLE_NAMES].filter(
    (key, i, keys) => !Object.hasOwn(indicator.parameters, key) && keys.indexOf(key) === i,
  )
}
