// How much the best values of a parameter move from fold to fold. Values that a market really rewards stay about where
// they are; values that jump from one end of their range to the other were fitted to noise (Pardo 2008, ch. 11).

import { exactJson, type Json } from '../core/hash.ts'

export type ParameterStability = {
  /** Of the values that are numbers; null where some are not. */
  readonly mean: number | null
  /** Standard deviation with ddof 1; null of fewer than two. */
  readonly deviation: number | null
  readonly lowest: number | null
  readonly highest: number | null
  /** The value of most folds; of several the first one. */
  readonly mostFrequent: Json
  /** Share of the folds that have it. */
  readonly mostFrequentShare: number
}

/** @param values the best of each fold, at least one */
export function parameterStability(values: readonly Json[]): ParameterStability {
  const texts = values.map((value) => exactJson(value))
  const countOf = (text: string): number => texts.filter((other) => other === text).length
  const most = Math.max(...texts.map(countOf))
  const place = texts.findIndex((text) => countOf(text) === most)
  return {
    ...spreadOf(values),
    mostFrequent: values[place]!,
    mostFrequentShare: most / values.length,
  }
}

type Spread = Pick<ParameterStability, 'mean' | 'deviation' | 'lowest' | 'highest'>

function spreadOf(values: readonly Json[]): Spread {
  const numbers = values.filter((value) => typeof value === 'number')
  if (numbers.length < values.length)
    return { mean: null, deviation: null, lowest: null, highest: null }
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length
  const squares = numbers.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
  return {
    mean,
    deviation: numbers.length < 2 ? null : Math.sqrt(squares / (numbers.length - 1)),
    lowest: Math.min(...numbers),
    highest: Math.max(...numbers),
  }
}
