// equity.csv of a result, whole.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equityColumns, type EquityColumns } from '../../src/backtest/equity-columns.ts'
import { equityCsv } from '../../src/backtest/equity-csv.ts'
import { EQUITY_FILE, readEquityFile } from '../../src/backtest/equity-file.ts'
import type { SimulationResult } from '../../src/backtest/finish-simulation.ts'
import type { SimulationInputs } from '../../src/backtest/simulation-inputs.ts'

export function equityText(columns: EquityColumns): string {
  return [...equityCsv(columns)].join('')
}

export function equityTextOf(result: SimulationResult, inputs: SimulationInputs): string {
  return equityText(equityColumns(inputs, result))
}

/** Of a published result. */
export function equityTextIn(directory: string): string {
  return equityText(readEquityFile(readFileSync(join(directory, EQUITY_FILE))))
}
