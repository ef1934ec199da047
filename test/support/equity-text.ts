// equity.csv of a result, whole.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equityColumns, type EquityColumns } from '../../src/backtest/equity-columns.ts'
import { equityCsv } from '../../src/backtest/equity-csv.ts'
import { EQUITY_FILE, readEquityFile } from '../../src/backtest/equity-file.ts'
import type { SimulationInputs, SimulationResult } from '../../src/backtest/simulate.ts'

export function equityText(columns: EquityColumns): string {
  return [...equityCsv(columns)].join('')
}

export function equityTextOf(
  result: SimulationResult,
  { bars }: Pick<SimulationInputs, 'bars'>,
): string {
  return equityText(equityColumns(result, bars, 'X'))
}

/** Of a published result. */
export function equityTextIn(directory: string): string {
  return equityText(readEquityFile(readFileSync(join(directory, EQUITY_FILE))))
}
