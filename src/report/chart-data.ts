// What the charts of a page draw, as small as it can be: one point a bucket of bars, in columns of base64.

import { holdingEquity } from '../backtest/buy-and-hold.ts'
import { bucketsOf, pick, type Buckets } from './buckets.ts'
import { doubles, floats, type ColumnText } from './column-text.ts'
import { drawdownSeries } from './drawdowns.ts'
import { isMissing, type BacktestFacts, type Band, type TrainingFacts } from './report-data.ts'
import type { Trade } from './result-files.ts'
import { rollingSharpe, sharpeWindow } from './rolling-sharpe.ts'

/** Values of all columns together; 4 bytes each, a third more as text. */
const MOST_VALUES = 55_000
const MOST_TRADES = 1000
const MOST_EPOCHS = 2000
const OWN_COLUMNS = 10

export type MarketChart = {
  /** Bars of a point. */
  readonly size: number
  readonly timeframe: string
  /** Seconds. */
  readonly time: ColumnText
  readonly columns: Readonly<Record<string, ColumnText>>
  readonly indicators: readonly {
    readonly name: string
    readonly isPriceScaled: boolean
    readonly values: ColumnText
  }[]
  readonly bands: readonly Band[]
  /** Bars of the window of the rolling Sharpe ratio; null = too few bars. */
  readonly sharpeBars: number | null
}

export function marketChart(facts: BacktestFacts): MarketChart {
  const { curve, market, account, metrics, training } = facts
  const indicators = isMissing(market) ? [] : market.indicators
  const buckets = bucketsOf(
    curve.length,
    Math.floor(MOST_VALUES / (OWN_COLUMNS + indicators.length)),
  )
  const column = (values: ArrayLike<number>, what: Parameters<typeof pick>[2]): ColumnText =>
    floats(pick(values, buckets, what))
  const { barsPerYear } = metrics
  const years = typeof barsPerYear === 'number' ? barsPerYear : null
  const sharpeBars = years === null ? null : sharpeWindow(curve.length, years)
  return {
    size: buckets.size,
    timeframe: facts.timeframe,
    time: secondsOf(curve.timeMs, buckets),
    columns: {
      equity: column(curve.equity, 'last'),
      hold: column(holdingEquity(curve.close, account), 'last'),
      drawdown: column(drawdownSeries(curve.equity, account.capital), 'lowest'),
      close: column(curve.close, 'last'),
      ...(isMissing(market)
        ? {}
        : {
            open: column(market.open, 'first'),
            high: column(market.high, 'highest'),
            low: column(market.low, 'lowest'),
          }),
      ...(sharpeBars === null || years === null
        ? {}
        : { sharpe: column(rollingSharpe(curve.equity, sharpeBars, years), 'last') }),
    },
    indicators: indicators.map(({ name, isPriceScaled, values }) => ({
      name,
      isPriceScaled,
      values: column(values, 'last'),
    })),
    bands: isMissing(training) ? [] : training.bands,
    sharpeBars,
  }
}

function secondsOf(timeMs: Float64Array, buckets: Buckets): ColumnText {
  return doubles(pick(timeMs, buckets, 'first').map((ms) => ms / 1000))
}

export type TradeColumns = {
  /** Of all trades, in time order. */
  readonly number: ColumnText
  readonly entry: ColumnText
  readonly exit: ColumnText
  readonly entryPrice: ColumnText
  readonly exitPrice: ColumnText
  readonly units: ColumnText
  readonly netPnl: ColumnText
  readonly returnRatio: ColumnText
  readonly confidence: ColumnText
  readonly holdingBars: ColumnText
  readonly side: readonly string[]
  readonly exitReason: readonly string[]
}

/** The trades that a page has room for: all, or those that gained and lost most. */
export function tradesShown(trades: readonly Trade[]): { trade: Trade; number: number }[] {
  const numbered = trades.map((trade, i) => ({ trade, number: i + 1 }))
  if (trades.length <= MOST_TRADES) return numbered
  return numbered
    .toSorted((a, b) => Math.abs(b.trade.netPnl) - Math.abs(a.trade.netPnl) || a.number - b.number)
    .slice(0, MOST_TRADES)
    .toSorted((a, b) => a.number - b.number)
}

export function tradeColumns(trades: readonly Trade[]): TradeColumns {
  const shown = tradesShown(trades)
  const of = (valueOf: (trade: Trade) => number): number[] =>
    shown.map(({ trade }) => valueOf(trade))
  return {
    number: floats(shown.map(({ number }) => number)),
    entry: doubles(of(({ entryMs }) => entryMs / 1000)),
    exit: doubles(of(({ exitMs }) => exitMs / 1000)),
    entryPrice: doubles(of(({ entryPrice }) => entryPrice)),
    exitPrice: doubles(of(({ exitPrice }) => exitPrice)),
    units: floats(of(({ units }) => units)),
    netPnl: doubles(of(({ netPnl }) => netPnl)),
    returnRatio: floats(of(({ returnRatio }) => returnRatio)),
    confidence: floats(of(({ confidence }) => confidence)),
    holdingBars: floats(of(({ holdingBars }) => holdingBars)),
    side: shown.map(({ trade }) => trade.side),
    exitReason: shown.map(({ trade }) => trade.exitReason),
  }
}

export type TrainingChart = {
  readonly columns: Readonly<Record<string, ColumnText>>
  readonly bestEpoch: number | null
  readonly checkpoints: TrainingFacts['checkpoints']
  readonly resumes: TrainingFacts['resumes']
}

const CURVES = ['epoch', 'trainLoss', 'valLoss', 'trainAccuracy', 'valAccuracy', 'learningRate']

export function trainingChart({
  history,
  metrics,
  checkpoints,
  resumes,
}: TrainingFacts): TrainingChart {
  const epochs = history['epoch']?.length ?? 0
  const buckets = bucketsOf(epochs, MOST_EPOCHS)
  const columns = CURVES.flatMap((name) => {
    const values = history[name]?.map((value) => value ?? NaN)
    if (!values || values.every(Number.isNaN)) return []
    return [[name, floats(pick(values, buckets, 'last'))] as const]
  })
  const { bestEpoch } = metrics
  return {
    columns: Object.fromEntries(columns),
    bestEpoch: typeof bestEpoch === 'number' ? bestEpoch : null,
    checkpoints,
    resumes,
  }
}
