// What the charts of a page draw, as small as it can be: one point a bucket of bars, in columns of base64.

import { holdingEquityOf } from '../performance/buy-and-hold.ts'
import { bucketsOf, pick, type Buckets } from './buckets.ts'
import { doubles, floats, type ColumnText } from './column-text.ts'
import { drawdownSeries } from './drawdowns.ts'
import {
  isMissing,
  type BacktestFacts,
  type Band,
  type SymbolFacts,
  type TrainingFacts,
} from './report-data.ts'
import type { Trade } from './result-files.ts'
import { rollingSharpe, sharpeWindow } from './rolling-sharpe.ts'

/** Values of all columns together; 4 bytes each, a third more as text. */
const MOST_VALUES = 50_000
const MOST_TRADES = 1000
const MOST_EPOCHS = 2000
/** More would leave too few points to each. */
const MOST_CHARTED = 4
/** Times count twice. */
const CURVE_COLUMNS = 6
const PRICE_COLUMNS = 6

export type MarketChart = {
  /** Bars of a point. */
  readonly size: number
  readonly timeframe: string
  /** Seconds. */
  readonly time: ColumnText
  readonly columns: Readonly<Record<string, ColumnText>>
  /** Of the symbols with the most trades. */
  readonly prices: readonly PriceChart[]
  readonly bands: readonly Band[]
  /** Bars of the window of the rolling Sharpe ratio; null = too few bars. */
  readonly sharpeBars: number | null
}

export type PriceChart = {
  readonly symbol: string
  readonly time: ColumnText
  readonly columns: Readonly<Record<string, ColumnText>>
  readonly indicators: readonly {
    readonly name: string
    readonly isPriceScaled: boolean
    readonly values: ColumnText
  }[]
}

export function marketChart(facts: BacktestFacts): MarketChart {
  const { curve, symbols, account, metrics } = facts
  const charted = symbolsCharted(facts)
  const columns = charted.map(({ market }) => PRICE_COLUMNS + indicatorsOf(market).length)
  const values = columns.reduce((sum, count) => sum + count, CURVE_COLUMNS)
  const most = Math.floor(MOST_VALUES / values)
  const buckets = bucketsOf(curve.length, most)
  const column = columnIn(buckets)
  const held = symbols.map(({ timeMs, close }) => ({ timestampMs: timeMs, closes: close }))
  const { barsPerYear } = metrics
  const years = typeof barsPerYear === 'number' ? barsPerYear : null
  const sharpeBars = years === null ? null : sharpeWindow(curve.length, years)
  return {
    size: buckets.size,
    timeframe: facts.timeframe,
    time: secondsOf(curve.timeMs, buckets),
    columns: {
      equity: column(curve.equity, 'last'),
      hold: column(holdingEquityOf(held, curve.timeMs, account), 'last'),
      drawdown: column(drawdownSeries(curve.equity, account.capital), 'lowest'),
      ...(sharpeBars === null || years === null
        ? {}
        : { sharpe: column(rollingSharpe(curve.equity, sharpeBars, years), 'last') }),
    },
    prices: charted.map((one) => priceChart(one, most)),
    bands: bandsOf(facts),
    sharpeBars,
  }
}

/** The test windows of folds, or the slices of the training. */
function bandsOf({ walk, training }: BacktestFacts): readonly Band[] {
  if (walk)
    return walk.folds.map(({ fold, testFromMs, testToMs }) => ({
      name: String(fold),
      firstMs: testFromMs,
      lastMs: testToMs,
    }))
  return training === null || isMissing(training) ? [] : training.bands
}

/** Those with the most trades, in the order of the result. */
export function symbolsCharted({
  symbols,
  trades,
}: Pick<BacktestFacts, 'symbols' | 'trades'>): readonly SymbolFacts[] {
  if (symbols.length <= MOST_CHARTED) return symbols
  const counts = Map.groupBy(trades, ({ symbol }) => symbol)
  const countOf = ({ symbol }: SymbolFacts): number => counts.get(symbol)?.length ?? 0
  const ranked = symbols.toSorted((a, b) => countOf(b) - countOf(a))
  const chosen = new Set(ranked.slice(0, MOST_CHARTED))
  return symbols.filter((one) => chosen.has(one))
}

function indicatorsOf(market: SymbolFacts['market']) {
  return isMissing(market) ? [] : market.indicators
}

function columnIn(buckets: Buckets) {
  return (values: ArrayLike<number>, what: Parameters<typeof pick>[2]): ColumnText =>
    floats(pick(values, buckets, what))
}

function priceChart({ symbol, timeMs, close, market }: SymbolFacts, most: number): PriceChart {
  const buckets = bucketsOf(timeMs.length, most)
  const column = columnIn(buckets)
  return {
    symbol,
    time: secondsOf(timeMs, buckets),
    columns: {
      close: column(close, 'last'),
      ...(isMissing(market)
        ? {}
        : {
            open: column(market.open, 'first'),
            high: column(market.high, 'highest'),
            low: column(market.low, 'lowest'),
          }),
    },
    indicators: indicatorsOf(market).map(({ name, isPriceScaled, values }) => ({
      name,
      isPriceScaled,
      values: column(values, 'last'),
    })),
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
  readonly holdingBars: ColumnText
  readonly side: readonly string[]
  readonly exitReason: readonly string[]
  /** When it is not 1 for all, as it is of rules. */
  readonly confidence?: ColumnText
  /** When there are several. */
  readonly symbol?: readonly string[]
  /** When there is any. */
  readonly financingCost?: ColumnText
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

export function tradeColumns({
  trades,
  symbols,
}: Pick<BacktestFacts, 'trades' | 'symbols'>): TradeColumns {
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
    holdingBars: floats(of(({ holdingBars }) => holdingBars)),
    side: shown.map(({ trade }) => trade.side),
    exitReason: shown.map(({ trade }) => trade.exitReason),
    ...(trades.some(({ confidence }) => confidence !== 1)
      ? { confidence: floats(of(({ confidence }) => confidence)) }
      : {}),
    ...(symbols.length > 1 ? { symbol: shown.map(({ trade }) => trade.symbol) } : {}),
    ...(trades.some(({ financingCost }) => Math.abs(financingCost) > 0)
      ? { financingCost: floats(of(({ financingCost }) => financingCost)) }
      : {}),
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
