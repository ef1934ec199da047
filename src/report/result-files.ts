// The files of a result bundle, read back. Columns of a CSV file are found by their names, so that files with further
// columns are read too; what a file lacks is NaN or ''.

import type { EquityColumns } from '../backtest/equity-columns.ts'

export type Trade = {
  readonly symbol: string
  readonly side: string
  readonly units: number
  readonly entryBar: number
  readonly entryMs: number
  readonly entryPrice: number
  readonly exitBar: number
  readonly exitMs: number
  readonly exitPrice: number
  readonly exitReason: string
  readonly confidence: number
  /** Costs are NaN in results of before. */
  readonly commission: number
  readonly slippageCost: number
  readonly financingCost: number
  readonly netPnl: number
  readonly returnRatio: number
  readonly holdingBars: number
}

/** One value a bar. */
export type EquityCurve = {
  readonly length: number
  readonly timeMs: Float64Array
  readonly equity: Float64Array
  /** Of each symbol, NaN before its first bar. */
  readonly closes: readonly { readonly symbol: string; readonly close: Float64Array }[]
}

/** @param symbol of results of before, which were of one and did not say it */
export function readTrades(csv: string, symbol: string): Trade[] {
  const { rows, cell } = tableOf(csv)
  return rows.map((row) => {
    const text = (name: string): string => cell(row, name)
    const number = (name: string): number => numberIn(text(name))
    return {
      symbol: text('symbol') || symbol,
      side: text('side'),
      units: number('units'),
      entryBar: number('entryBar'),
      entryMs: Date.parse(text('entryTime')),
      entryPrice: number('entryPrice'),
      exitBar: number('exitBar'),
      exitMs: Date.parse(text('exitTime')),
      exitPrice: number('exitPrice'),
      exitReason: text('exitReason'),
      confidence: number('confidence'),
      commission: number('commission'),
      slippageCost: number('slippageCost'),
      financingCost: number('financingCost'),
      netPnl: number('netPnl'),
      returnRatio: number('returnRatio'),
      holdingBars: number('holdingBars'),
    }
  })
}

export function curveOf({ timeMs, equity, instruments }: EquityColumns): EquityCurve {
  return { length: timeMs.length, timeMs, equity, closes: instruments }
}

/** Results had equity.csv before they had equity.safetensors. */
export function readEquityCsv(csv: string, symbol: string): EquityCurve {
  const { rows, cell } = tableOf(csv)
  const column = (valueOf: (row: readonly string[]) => number): Float64Array =>
    Float64Array.from(rows, valueOf)
  return {
    length: rows.length,
    timeMs: column((row) => Date.parse(cell(row, 'time'))),
    equity: column((row) => numberIn(cell(row, 'equity'))),
    closes: [{ symbol, close: column((row) => numberIn(cell(row, 'close'))) }],
  }
}

/** The files hold no quotes (src/backtest/trades-csv.ts). */
function tableOf(csv: string) {
  const [head = '', ...lines] = csv.trimEnd().split('\n')
  const places = new Map(head.split(',').map((name, i) => [name, i]))
  return {
    rows: lines.map((line) => line.split(',')),
    cell: (row: readonly string[], name: string): string => row[places.get(name) ?? -1] ?? '',
  }
}

function numberIn(text: string): number {
  return text === '' ? NaN : Number(text)
}
