// What a simulation leaves behind, of a backtest and of a walk-forward alike: figures, trades and equity, and their hashes.

import { equityColumns } from '../backtest/equity-columns.ts'
import { EQUITY_FILE, equityFile } from '../backtest/equity-file.ts'
import type { SimulationResult } from '../backtest/finish-simulation.ts'
import type { SimulationInputs } from '../backtest/simulation-inputs.ts'
import { tradesCsv } from '../backtest/trades-csv.ts'
import { sha256, type Json } from '../core/hash.ts'
import { givesSignals } from '../trading/decision-settings.ts'
import type { BacktestJobInputs } from './backtest-inputs.ts'

type Facts = Pick<
  BacktestJobInputs,
  'isOutOfSample' | 'name' | 'pause' | 'signals' | 'timeframe' | 'warnings'
>

export function backtestOutcome(
  simulation: SimulationInputs,
  result: SimulationResult,
  { name, timeframe, signals, isOutOfSample, warnings, pause }: Facts,
) {
  const { instruments, timeline, settings } = simulation
  const symbols = instruments.map((instrument) => instrument.symbol)
  const symbol = symbols.join(', ')
  const trades = tradesCsv(result)
  pause?.()
  const equity = equityFile(equityColumns(simulation, result))
  pause?.()
  const figures = {
    range: {
      firstMs: timeline.timestampMs[0]!,
      lastMs: timeline.timestampMs.at(-1)!,
      bars: timeline.length,
    },
    isOutOfSample,
    metrics: result.metrics,
    finalEquity: result.finalEquity,
    trades: result.trades.length,
    openPositions: result.openPositions,
    rejectedOrders: result.rejectedOrders,
    rejections: result.rejections,
    unfilledSignals: result.unfilledSignals,
    missingForecasts: result.missingForecasts,
    invalidForecasts: result.invalidForecasts,
    barsInPosition: result.barsInPosition,
  }
  const { decisions: _, ...account } = settings
  return {
    figures,
    result: {
      ...figures,
      name,
      symbol,
      timeframe,
      account,
      ...(givesSignals(settings.decisions) ? {} : { hasNoSignals: true }),
      ...(signals ? { signals } : {}),
      warnings,
      equitySha256: sha256(equity),
      tradesSha256: sha256(trades),
      curve: sampled(result.equity),
    },
    variant: `${symbols.join('+')}_${timeframe}`,
    manifest: { symbol, timeframe, account },
    files: { 'trades.csv': trades, [EQUITY_FILE]: equity },
  }
}

const CURVE_POINTS = 120

/** The equity at evenly spaced bars, the last one included: enough to draw it. */
function sampled(equity: Float64Array): Json {
  const points = Math.min(CURVE_POINTS, equity.length)
  return Array.from(
    { length: points },
    (_, i) => equity[points === 1 ? 0 : Math.round((i * (equity.length - 1)) / (points - 1))]!,
  )
}
