// The column of each operand of the rules, on the bars of the base timeframe: each computed once. What other timeframes
// show is what was known when the bar closed, as for features.

import type { Timeframe } from '../data/bars.ts'
import { frameColumns } from '../features/frame-columns.ts'
import { baseBars, closesMs, lastKnown, valuesAt, type Market } from '../features/market.ts'
import { evaluateMembership } from '../fuzzy/membership.ts'
import type { IndicatorRef } from '../indicators/indicator.ts'
import type { Operand, RulePlan } from './rule-plan.ts'

export type ColumnOf = (operand: Operand) => Float64Array

export function operandColumns(market: Market, plan: Pick<RulePlan, 'indicators'>): ColumnOf {
  const { baseTimeframe, frames } = market
  const uses = new Map(plan.indicators.map((use) => [use.id, use]))
  const columnsOf = frameColumns(market)
  const known = new Map<string, Float64Array>()
  const rows = new Map<Timeframe, Int32Array>()

  const indicatorColumn = (timeframe: Timeframe, { indicatorId, output }: IndicatorRef) =>
    columnsOf(timeframe, uses.get(indicatorId)!)[output]!
  const onItsFrame = ({ source }: Operand, timeframe: Timeframe): Float64Array => {
    if (source.kind === 'price') return frames.get(timeframe)![source.column]
    if (source.kind === 'indicator') return indicatorColumn(timeframe, source.indicator)
    return evaluateMembership(source.membership, indicatorColumn(timeframe, source.set.indicator))
  }
  const rowsOf = (timeframe: Timeframe): Int32Array => {
    const closes = closesMs(baseBars(market), baseTimeframe)
    const last =
      rows.get(timeframe) ?? lastKnown(closesMs(frames.get(timeframe)!, timeframe), closes)
    rows.set(timeframe, last)
    return last
  }

  return (operand) => {
    const timeframe = operand.timeframe ?? baseTimeframe
    let column = known.get(operand.text)
    if (column === undefined) {
      column = before(onItsFrame(operand, timeframe), operand.back)
      if (timeframe !== baseTimeframe) column = valuesAt(column, rowsOf(timeframe))
      known.set(operand.text, column)
    }
    return column
  }
}

/** The values of `back` bars before; NaN where there is none. */
function before(column: Float64Array, back: number): Float64Array {
  if (back === 0) return column
  const earlier = new Float64Array(column.length).fill(NaN, 0, back)
  earlier.set(column.subarray(0, Math.max(0, column.length - back)), Math.min(back, column.length))
  return earlier
}
