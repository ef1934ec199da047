// Short ways to declare an indicator's parameters and to read them once they are checked.

import { BAR_COLUMNS, type BarColumn, type Bars } from '../data/bars.ts'
import type { Parameters, ParameterSpec } from './indicator.ts'

export function integer(byDefault: number, min: number, max: number): ParameterSpec {
  return { kind: 'integer', default: byDefault, min, max }
}

/** A number above 0. */
export function positive(byDefault: number, max: number): ParameterSpec {
  return { kind: 'number', default: byDefault, min: 0, max, exclusiveMin: true }
}

/** The price column that an indicator looks at. */
export const SOURCE: ParameterSpec = { kind: 'choice', default: 'close', choices: BAR_COLUMNS }

export function numberOf(parameters: Parameters, name: string): number {
  return parameters[name] as number
}

export function sourceColumn(bars: Bars, parameters: Parameters): Float64Array {
  return bars[parameters['source'] as BarColumn]
}
