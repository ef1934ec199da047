// A backtest as a report is given it, from a real simulation of a rule that needs no model: in and out by turns.

import { simulatedPortfolio, simulatedWalk } from './simulated.ts'
import { equityColumns } from '../../src/backtest/equity-columns.ts'
import type { SimulationResult } from '../../src/backtest/finish-simulation.ts'
import type { SimulationInputs } from '../../src/backtest/simulation-inputs.ts'
import { tradesCsv } from '../../src/backtest/trades-csv.ts'
import type { Json } from '../../src/core/hash.ts'
import type { Bars } from '../../src/data/bars.ts'
import { curveOf, readTrades } from '../../src/report/result-files.ts'
import type {
  BacktestFacts,
  Figures,
  MarketFacts,
  OperationFacts,
  TrainingFacts,
} from '../../src/report/report-data.ts'

export const OPERATION: OperationFacts = {
  operationId: 'op_backtesting_20241212_100000_abc123',
  name: 'walk',
  createdAt: '2024-12-12T10:00:00.000Z',
  endedAt: '2024-12-12T10:00:09.000Z',
  program: 'ktrdr 0.1.0, Node 24.21.0, linux-x64',
  attempts: ['1: from the beginning, completed'],
  fingerprints: { 'WALK close': 'a'.repeat(64) },
  hashes: { 'trades.csv': 'b'.repeat(64) },
  command: 'ktrdr backtest walk/WALK_1d@1 --data bars.csv',
  directory: '/data/results/walk/WALK_1d/v1',
}

export const TRAINING: TrainingFacts = {
  operation: { ...OPERATION, operationId: 'op_training_20241212_090000_def456' },
  market: 'WALK 1d',
  range: '2019-01-01 … 2019-12-31',
  epochs: 3,
  seed: 7,
  history: {
    epoch: [1, 2, 3],
    trainLoss: [1.1, 0.9, 0.8],
    valLoss: [1, 0.95, 0.97],
    trainAccuracy: [0.3, 0.5, 0.6],
    valAccuracy: [0.4, 0.5, 0.5],
    learningRate: [0.001, 0.001, 0.001],
  },
  metrics: {
    trainLoss: 0.8,
    valLoss: 0.97,
    bestValLoss: 0.95,
    bestEpoch: 2,
    stoppedEarly: false,
    test: {
      rows: 10,
      loss: 1.01,
      accuracy: 0.5,
      balancedAccuracy: 0.45,
      majorityAccuracy: 0.6,
      f1: 0.44,
      perClass: [
        { class: 'BUY', precision: 0.5, recall: 0.25, support: 4, predicted: 2 },
        { class: 'SELL', precision: null, recall: 0.5, support: 6, predicted: 8 },
      ],
      confusion: [
        [1, 3],
        [3, 3],
      ],
    },
  },
  model: { path: '/data/models/walk/WALK_1d/v1', version: 1, sha256: 'c'.repeat(64) },
  checkpoints: [{ epoch: 1.5, text: '3 (epoch 1 +5/10, periodic)' }],
  resumes: [{ epoch: 1.5, text: 'attempt 2, from checkpoint 3 (epoch 1, batch 5)' }],
  bands: [{ name: 'train', firstMs: Date.UTC(2020, 0, 1), lastMs: Date.UTC(2020, 2, 1) }],
  warnings: [],
}

/** @param everyBars bars between two signals */
export function backtestFacts(
  bars: number,
  everyBars = 5,
  changes: Partial<BacktestFacts> = {},
): BacktestFacts {
  const { result, inputs } = simulatedWalk(bars, everyBars)
  return { ...factsOf(result, inputs), ...changes }
}

/** The same of several symbols, each with bars that others lack, by rules that have a stop. */
export function portfolioFacts(
  symbols: readonly string[],
  bars: number,
  changes: Partial<BacktestFacts> = {},
): BacktestFacts {
  const { result, inputs } = simulatedPortfolio(symbols, bars)
  return {
    ...factsOf(result, inputs),
    isOutOfSample: null,
    decidedBy: [{ title: 'Enter long', condition: 'height.high > 0.5' }],
    training: null,
    ...changes,
  }
}

function factsOf(result: SimulationResult, inputs: SimulationInputs): BacktestFacts {
  const { decisions: _, ...account } = inputs.settings
  const metrics = JSON.parse(JSON.stringify(result.metrics)) as Figures
  const symbols = inputs.instruments.map(({ symbol, bars, firstBar, endBar }) => {
    const market = marketOf(bars, firstBar, endBar)
    return { symbol, market, timeMs: market.timeMs, close: market.close }
  })
  return {
    operation: OPERATION,
    symbols,
    timeframe: '1d',
    isOutOfSample: true,
    account,
    result: {
      finalEquity: result.finalEquity,
      openPositions: result.openPositions,
      rejectedOrders: { ...result.rejectedOrders },
      rejections: result.rejections,
      missingForecasts: result.missingForecasts,
      curve: [1, 2, 3],
      metrics: metrics as Json,
    },
    metrics,
    trades: readTrades(tradesCsv(result), ''),
    curve: curveOf(equityColumns(inputs, result)),
    decidedBy: 'network',
    training: TRAINING,
    warnings: [],
  }
}

function marketOf(bars: Bars, firstBar: number, endBar: number): MarketFacts {
  const cut = (column: Float64Array): Float64Array => column.subarray(firstBar, endBar)
  const close = cut(bars.close)
  const degrees = close.map((price) => Math.min(1, Math.max(0, price - 100)))
  return {
    timeMs: cut(bars.timestampMs),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close,
    indicators: [
      { name: 'sma_20', values: close, isPriceScaled: true },
      { name: 'rsi_14', values: degrees, isPriceScaled: false },
    ],
    fuzzySets: [
      {
        id: 'height',
        indicator: 'close',
        values: close,
        words: ['low', 'high'],
        degreesAt: (x) => [
          x.map((price) => (price < 100 ? 1 : 0)),
          x.map((price) => (price < 100 ? 0 : 1)),
        ],
      },
    ],
    memberships: { ids: ['height_high'], columns: [degrees] },
  }
}
