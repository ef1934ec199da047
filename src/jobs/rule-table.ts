// What the rules of a strategy look at on each bar, and which of them hold, as a table for people to look at.

import type { TableColumn } from '../data/write-table.ts'
import { operandColumns } from '../rules/operand-columns.ts'
import { distinctOperands, namedRules } from '../rules/rule-plan.ts'
import type { RuleStrategy } from '../strategy/strategy.ts'
import type { MarketData } from './market-data.ts'
import { ruleIntentsOf } from './rule-inputs.ts'

export type RuleTable = {
  /** timestamp, symbol, the operands as rules spell them, and each rule: 1 where it holds. */
  readonly columns: readonly TableColumn[]
  readonly rows: number
  readonly operands: readonly string[]
  /** On how many bars each rule holds. */
  readonly holds: Readonly<Record<string, number>>
}

/**
 * One row for each bar in the range, symbol after symbol. As in a backtest, no rule holds before each of its operands has
 * a value.
 * @throws DATA_INVALID when there is no such bar
 */
export function ruleTable(strategy: RuleStrategy, data: MarketData): RuleTable {
  const parts = data.symbols.map((one) => {
    const columnOf = operandColumns(one.market, strategy)
    return { ...one, columnOf, intents: ruleIntentsOf(strategy, one) }
  })
  const rows = parts.reduce((sum, { bars, from }) => sum + bars.length - from, 0)
  const operands = distinctOperands(strategy.rules)
  const rules = namedRules(strategy.rules)
  const joined = (pick: (part: (typeof parts)[number]) => Float64Array): Float64Array => {
    const values = new Float64Array(rows)
    let at = 0
    for (const part of parts) {
      const own = pick(part).subarray(part.from)
      values.set(own, at)
      at += own.length
    }
    return values
  }
  const holding = rules.map(({ intent }) =>
    parts.flatMap(({ bars, from, intents: { from: first, bits } }) =>
      Array.from({ length: bars.length - from }, (_, i): number =>
        ((bits[from + i - first] ?? 0) & intent) === 0 ? 0 : 1,
      ),
    ),
  )
  return {
    columns: [
      { name: 'timestamp', timestampMs: joined(({ bars }) => bars.timestampMs) },
      {
        name: 'symbol',
        texts: parts.flatMap(({ symbol, bars, from }) =>
          Array<string>(bars.length - from).fill(symbol),
        ),
      },
      ...operands.map((operand) => ({
        name: operand.text,
        values: joined(({ columnOf }) => columnOf(operand)),
      })),
      ...rules.map(({ name }, i) => ({ name, values: Int32Array.from(holding[i]!) })),
    ],
    rows,
    operands: operands.map(({ text }) => text),
    holds: Object.fromEntries(
      rules.map(({ name }, i) => [name, holding[i]!.reduce((sum, one) => sum + one, 0)]),
    ),
  }
}
