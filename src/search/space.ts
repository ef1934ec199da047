// The space of a search: which values of a strategy are tried. Pure: src/strategy/load-space.ts reads one from YAML.
//
// Words: a *parameter* is a place in the strategy with a *range* of values; a *point* has one coordinate a parameter: the
// number itself, or the place of a choice among its values. A point is *feasible* when it meets all constraints.

import type { Json } from '../core/hash.ts'
import { exp, log } from '../core/exact-math.ts'
import type { Condition } from '../rules/condition.ts'
import { holds } from './constraint.ts'

export type NumberRange = {
  readonly kind: 'int' | 'float'
  readonly low: number
  /** Included, and a whole number of steps above `low` where there are steps. */
  readonly high: number
  /** Null: any number between. */
  readonly step: number | null
  readonly isLog: boolean
  /** How many values a grid takes; null = all there are. */
  readonly points: number | null
}

export type Choice = { readonly kind: 'choice'; readonly values: readonly Json[] }

export type Range = NumberRange | Choice

export type Parameter = {
  /** As constraints and tables call it. */
  readonly name: string
  /** Its place in the strategy. */
  readonly path: readonly (string | number)[]
  readonly range: Range
}

export type Constraint = {
  readonly text: string
  /** Over the numbers of parameters. */
  readonly condition: Condition<number>
}

export type Space = {
  readonly parameters: readonly Parameter[]
  readonly constraints: readonly Constraint[]
}

export type Point = readonly number[]

/** What a coordinate stands for. */
export function valueOf(range: Range, coordinate: number): Json {
  return range.kind === 'choice' ? range.values[coordinate]! : coordinate
}

/** The values of all parameters, in their order. */
export function valuesOf({ parameters }: Space, point: Point): Json[] {
  return parameters.map(({ range }, i) => valueOf(range, point[i]!))
}

export function isFeasible({ parameters, constraints }: Space, point: Point): boolean {
  if (constraints.length === 0) return true
  const numberAt = (i: number): number => Number(valueOf(parameters[i]!.range, point[i]!))
  return constraints.every(({ condition }) => holds(condition, numberAt))
}

/** How many values a range has; Infinity for any number between two. */
export function countOf(range: Range): number {
  if (range.kind === 'choice') return range.values.length
  const { low, high, step } = range
  if (low === high) return 1
  return step === null ? Infinity : Math.round((high - low) / step) + 1
}

/** The value of step k. Decimal steps give decimal values: 0.3, not 0.30000000000000004. */
export function atStep({ kind, low, step }: NumberRange, k: number): number {
  const value = low + k * step!
  return kind === 'int' ? value : Number(value.toPrecision(12))
}

/** The nearest value of the range. */
export function nearestIn(range: NumberRange, x: number): number {
  const within = Math.min(range.high, Math.max(range.low, x))
  if (range.step === null) return within
  return atStep(range, Math.round((within - range.low) / range.step))
}

/**
 * The stretch on which a range is drawn from, on its own scale: a stepped value owns half a step on either side, so that
 * all of them are as likely.
 */
export function stretchOf({ low, high, step, isLog }: NumberRange): readonly [number, number] {
  const half = (step ?? 0) / 2
  const [from, to] = [low - half, high + half]
  return isLog ? [log(from), log(to)] : [from, to]
}

export function toScale({ isLog }: NumberRange, value: number): number {
  return isLog ? log(value) : value
}

export function fromScale(range: NumberRange, x: number): number {
  return nearestIn(range, range.isLog ? exp(x) : x)
}
