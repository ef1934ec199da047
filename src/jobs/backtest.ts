// A backtest as a job: bars and a model or signals in, trades, equity and figures out.

import { givesSignals } from '../backtest/decision-settings.ts'
import { equityColumns } from '../backtest/equity-columns.ts'
import { EQUITY_FILE, equityFile } from '../backtest/equity-file.ts'
import { beginSimulation, finishSimulation, simulate } from '../backtest/simulate.ts'
import { decodeSimulationState, type SimulationState } from '../backtest/simulation-state.ts'
import { tradesCsv } from '../backtest/trades-csv.ts'
import { KtrdrError } from '../core/errors.ts'
import { sha256, type Json } from '../core/hash.ts'
import { loadBacktest, type BacktestJobInputs, type BacktestRequest } from './backtest-inputs.ts'
import type { Job, Outcome } from './job.ts'
import { loadSignals, type SignalRequest } from './signal-inputs.ts'

export const backtestJob: Job<BacktestJobInputs, SimulationState> = {
  type: 'backtesting',
  step: 'bar',
  stride: 4096,
  stateVersion: 1,
  appendOnly: ['trades'],
  derived: [],

  load(settings, resources) {
    const request = settings as BacktestRequest | SignalRequest
    return 'signals' in request ? loadSignals(request) : loadBacktest(request, resources)
  },

  override(settings, changes) {
    const [unknown] = Object.keys(changes)
    if (unknown === undefined) return settings
    throw new KtrdrError('USAGE', `A backtest cannot change "${unknown}" when it is resumed.`)
  },

  begin: ({ simulation }) => beginSimulation(simulation),
  encode: (state) => state,
  decode: decodeSimulationState,

  position: (state, { simulation }) => state.nextBar - simulation.firstBar,
  isDone: (state, { simulation }) => state.nextBar >= simulation.endBar,
  advance: (state, { simulation }, until) =>
    simulate(state, simulation, simulation.firstBar + until),

  units: (state, { simulation }) => ({ bar: state.nextBar - simulation.firstBar }),

  cursor: (state, { simulation: { firstBar, endBar } }) => ({
    unit: 'bar',
    at: state.nextBar - firstBar,
    of: endBar - firstBar,
    within: null,
  }),

  doneRatio: (state, { simulation: { firstBar, endBar } }) =>
    (state.nextBar - firstBar) / (endBar - firstBar),

  metrics: (state) => ({ equity: equityOf(state), trades: state.trades.length }),

  summary: (state) => ({
    equity: equityOf(state),
    cash: state.cash,
    openPosition:
      state.position && `${state.position.side} ${Number(state.position.units.toPrecision(6))}`,
    trades: state.trades.length,
  }),

  metric: () => null,

  finish: finishBacktest,
}

function equityOf({ equity }: SimulationState): number | null {
  return equity.length === 0 ? null : equity.column[equity.length - 1]!
}

function finishBacktest(state: SimulationState, inputs: BacktestJobInputs): Outcome {
  const { simulation, name, symbol, timeframe, source, signals, isOutOfSample, warnings } = inputs
  const result = finishSimulation(state, simulation)
  const { bars, firstBar, endBar, settings } = simulation
  const trades = tradesCsv(result)
  const equity = equityFile(equityColumns(result, bars, symbol))
  const figures = {
    range: {
      firstMs: bars.timestampMs[firstBar]!,
      lastMs: bars.timestampMs[endBar - 1]!,
      bars: endBar - firstBar,
    },
    isOutOfSample,
    metrics: result.metrics,
    finalEquity: result.finalEquity,
    trades: result.trades.length,
    rejectedOrders: result.rejectedOrders,
    unfilledSignals: result.unfilledSignals,
    missingForecasts: result.missingForecasts,
    invalidForecasts: result.invalidForecasts,
    barsInPosition: result.barsInPosition,
  }
  const { decisions: _, ...account } = settings
  return {
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
    bundle: {
      kind: 'backtest',
      name,
      variant: `${symbol}_${timeframe}`,
      manifest: {
        format: 1,
        kind: 'backtest',
        strategy: name,
        symbol,
        timeframe,
        ...source,
        account,
      },
      files: {
        'metrics.json': `${JSON.stringify(figures, null, 2)}\n`,
        'trades.csv': trades,
        [EQUITY_FILE]: equity,
      },
    },
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
