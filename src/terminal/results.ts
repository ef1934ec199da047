// What a run looks like when it has ended.

import { placeText, type Cursor } from '../core/operation.ts'
import { counted, grouped } from '../core/text.ts'
import { figure, percent, signedPercent, size, title } from './format.ts'
import { labelled, table } from './table.ts'
import { trainingResult, type TrainingResult } from './training-result.ts'
import { hanging } from './wrap.ts'

type Figures = {
  readonly totalReturnRatio: number | null
  readonly annualizedReturnRatio: number | null
  readonly volatilityRatio: number | null
  readonly sharpeRatio: number | null
  readonly maxDrawdownRatio: number | null
}

type BacktestResult = {
  readonly name: string
  readonly symbol: string
  readonly timeframe: string
  readonly range: { readonly firstMs: number; readonly lastMs: number; readonly bars: number }
  readonly isOutOfSample: boolean
  /** The model names classes of the market, which are no signals. */
  readonly hasNoSignals?: true
  readonly account: {
    readonly commission: number
    readonly slippage: number
    readonly capital: number
  }
  readonly metrics: Figures & {
    readonly sortinoRatio: number | null
    readonly calmarRatio: number | null
    readonly maxDrawdownDays: number | null
    readonly exposureRatio: number | null
    readonly trades: number
    readonly winRateRatio: number | null
    readonly profitFactor: number | null
    readonly expectancyRatio: number | null
    readonly averageHoldingBars: number | null
    readonly longestLosingRun: number
    readonly costsRatio: number | null
    readonly barsPerYear: number | null
    readonly buyAndHold: Figures
  }
  readonly finalEquity: number
  readonly rejectedOrders: Readonly<Record<string, number>>
  readonly equitySha256: string
  readonly tradesSha256: string
  readonly backtest: { readonly path: string }
}

const SMALL_SAMPLE = 100

function backtestResult(result: BacktestResult, room: number): string {
  const { metrics: m, range, account } = result
  const hold = m.buyAndHold
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  const costs = `commission ${percent(account.commission, 2)}, slippage ${percent(account.slippage, 2)}`
  const rows: [string, string, string, string][] = [
    ['Return', signedPercent(m.totalReturnRatio), signedPercent(hold.totalReturnRatio), ''],
    [
      'Return, annual',
      signedPercent(m.annualizedReturnRatio),
      signedPercent(hold.annualizedReturnRatio),
      '',
    ],
    [
      'Volatility, annual',
      percent(m.volatilityRatio),
      percent(hold.volatilityRatio),
      `${figure(m.barsPerYear)} bars a year`,
    ],
    ['Sharpe', figure(m.sharpeRatio), figure(hold.sharpeRatio), ''],
    ['Sortino', figure(m.sortinoRatio), '--', ''],
    [
      'Max drawdown',
      negative(m.maxDrawdownRatio),
      negative(hold.maxDrawdownRatio),
      m.maxDrawdownDays === null
        ? ''
        : `${figure(Math.round(m.maxDrawdownDays))} days below the peak`,
    ],
    ['Calmar', figure(m.calmarRatio), '--', ''],
    ['Exposure', percent(m.exposureRatio), '100.0%', ''],
    ['Trades', grouped(m.trades), '', averageTrade(m)],
    ['Win rate', percent(m.winRateRatio), '', `longest losing run ${m.longestLosingRun}`],
    ['Profit factor', figure(m.profitFactor), '', ''],
    ['Expectancy', signedPercent(m.expectancyRatio, 2), '', 'a trade'],
    ['Costs paid', percent(m.costsRatio), '', 'of the capital'],
    [
      'Final equity',
      grouped(Math.round(result.finalEquity)),
      '',
      `from ${grouped(account.capital)}`,
    ],
  ]
  const heading = hanging(
    '',
    `${result.name}  ${result.symbol} ${result.timeframe}   ${day(range.firstMs)} … ${day(range.lastMs)}   ${grouped(range.bars)} bars   ${result.isOutOfSample ? 'OUT OF SAMPLE' : 'IN SAMPLE'}   ${costs}`,
    room,
  )
  const columns = [
    { head: '' },
    { head: 'strategy', align: 'right' },
    { head: 'buy & hold', align: 'right' },
    { head: '', gone: 1 },
  ] as const
  const notes = [
    ...(m.trades < SMALL_SAMPLE ? [smallSample(m.trades, result.hasNoSignals)] : []),
    ...(result.isOutOfSample
      ? []
      : ['! The range overlaps what the model was trained on: this says nothing of the future.']),
    ...Object.entries(result.rejectedOrders)
      .filter(([, count]) => count > 0)
      .map(
        ([reason, count]) => `! ${count} orders were not filled: ${REJECTIONS[reason] ?? reason}.`,
      ),
  ]
  const places = labelled([
    ['Results', result.backtest.path],
    ['Trades', `sha256 ${result.tradesSha256}`],
    ['Equity', `sha256 ${result.equitySha256}`],
  ])
  return [heading, table(columns, rows, room), notes.join('\n'), places]
    .filter(Boolean)
    .join('\n\n')
}

function smallSample(trades: number, hasNoSignals = false): string {
  if (hasNoSignals)
    return '! It never traded: the model names the state of the market, not what to do.'
  if (trades === 0) return '! It never traded.'
  return `! ${counted(trades, 'trade')} ${trades === 1 ? 'is' : 'are'} a small sample.`
}

function averageTrade({ averageHoldingBars }: BacktestResult['metrics']): string {
  return averageHoldingBars === null ? '' : `of ${figure(averageHoldingBars)} bars on average`
}

const REJECTIONS: Readonly<Record<string, string>> = {
  zeroSize: 'too small for one unit (see --position-size, --capital, --whole-units)',
  noEquity: 'no equity was left',
  alreadyInPosition: 'the position was open already',
}

function negative(ratio: number | null): string {
  return ratio === null ? '--' : `${ratio === 0 ? '' : '-'}${percent(ratio)}`
}

/** The figures of a completed run; a kind of work without a screen of its own shows its plain facts. */
export function resultScreen(
  report: { readonly type: string } & Readonly<Record<string, unknown>>,
  room = Infinity,
): string {
  switch (report.type) {
    case 'training':
      return trainingResult(report as unknown as TrainingResult, room)
    case 'backtesting':
      return backtestResult(report as unknown as BacktestResult, room)
    default:
      return labelled(
        Object.entries(report)
          .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
          .map(([key, value]) => [title(key), String(value)] as const),
      )
  }
}

type StoppedRun = {
  readonly operationId: string
  readonly cursor: Cursor
  readonly checkpoint: { readonly sizeBytes: number } | null
  readonly resumable: boolean
}

/** What a run that was stopped leaves, and how to go on. */
export function stoppedScreen(report: StoppedRun, room = Infinity): string {
  const { cursor, checkpoint, operationId, resumable } = report
  const what = checkpoint
    ? `Cancelled at ${placeText(cursor)}. Checkpoint saved (${size(checkpoint.sizeBytes)}).`
    : resumable
      ? `Cancelled without saving. What was saved before is there: ${placeText(cursor)}.`
      : 'Cancelled without saving. There is no checkpoint: it cannot be resumed.'
  const lines = [hanging('', what, room)]
  if (resumable) lines.push(`To continue:  ktrdr operations resume ${operationId}`)
  return lines.join('\n')
}
