// What a backtest came to, on the screen.

import { costPhrases, type CostTerms } from '../trading/describe-trading.ts'
import { counted, grouped } from '../core/text.ts'
import { figure, percent, signedPercent } from './format.ts'
import { rejectionWarnings, type Rejections } from './rejection-warnings.ts'
import { sampleText, type SampleFacts } from './sample-text.ts'
import { sparkline } from './sparkline.ts'
import { labelled, table } from './table.ts'
import { hanging } from './wrap.ts'

type Figures = {
  readonly totalReturnRatio: number | null
  readonly annualizedReturnRatio: number | null
  readonly volatilityRatio: number | null
  readonly sharpeRatio: number | null
  readonly maxDrawdownRatio: number | null
}

type Side = {
  readonly trades: number
  readonly winRateRatio: number | null
  readonly profitFactor: number | null
  readonly netProfit: number
}

/** Not in the records of before there were such figures. */
type Details = {
  readonly probabilisticSharpeRatio: number | null
  readonly omegaRatio: number | null
  readonly valueAtRisk95Ratio: number | null
  readonly conditionalValueAtRisk95Ratio: number | null
  readonly beta: number | null
  readonly alphaRatio: number | null
  readonly payoffRatio: number | null
  readonly systemQualityNumber: number | null
  readonly bestTradeRatio: number | null
  readonly worstTradeRatio: number | null
  readonly long: Side
  readonly short: Side
}

type Exits = {
  readonly reason: string
  readonly trades: number
  readonly netProfit: number
}

type Metrics = Figures & {
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
  readonly buyAndHold: Figures & {
    readonly sortinoRatio?: number | null
    readonly calmarRatio?: number | null
  }
}

export type BacktestResult = SampleFacts &
  Rejections & {
    readonly operationId: string
    readonly name: string
    readonly symbol: string
    readonly timeframe: string
    readonly range: { readonly firstMs: number; readonly lastMs: number; readonly bars: number }
    /** The model names classes of the market, which are no signals. */
    readonly hasNoSignals?: true
    readonly account: CostTerms & { readonly capital: number }
    /** Newer records have the exits too. */
    readonly metrics: Metrics & Partial<Details> & { readonly exitsByReason?: readonly Exits[] }
    /** The equity at evenly spaced bars. */
    readonly curve?: readonly number[]
    readonly finalEquity: number
    /** Absent where all is closed at the end. */
    readonly openPositions?: readonly {
      readonly symbol: string
      readonly side: string
      readonly units: number
      readonly unrealizedPnl: number
    }[]
    readonly equitySha256: string
    readonly tradesSha256: string
    readonly backtest: { readonly path: string }
  }

const SMALL_SAMPLE = 100

export function backtestResult(result: BacktestResult, room: number): string {
  const { metrics: m, range, account } = result
  const hold = m.buyAndHold
  const notes = notesOf(m)
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
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
    ['Sharpe', figure(m.sharpeRatio), figure(hold.sharpeRatio), notes.sharpe],
    ['Sortino', figure(m.sortinoRatio), figure(hold.sortinoRatio), notes.sortino],
    [
      'Max drawdown',
      negative(m.maxDrawdownRatio),
      negative(hold.maxDrawdownRatio),
      m.maxDrawdownDays === null
        ? ''
        : `${figure(Math.round(m.maxDrawdownDays))} days below the peak`,
    ],
    ['Calmar', figure(m.calmarRatio), figure(hold.calmarRatio), notes.calmar],
    ['Exposure', percent(m.exposureRatio), '100.0%', notes.exposure],
    ['Trades', grouped(m.trades), '', averageTrade(m)],
    ['Win rate', percent(m.winRateRatio), '', `longest losing run ${m.longestLosingRun}`],
    ['Profit factor', figure(m.profitFactor), '', notes.profitFactor],
    ['Expectancy', signedPercent(m.expectancyRatio, 2), '', notes.expectancy],
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
    `${result.name}  ${result.symbol} ${result.timeframe}   ${day(range.firstMs)} … ${day(range.lastMs)}   ${grouped(range.bars)} bars   ${sampleText(result)}   ${costsText(account)}`,
    room,
  )
  const columns = [
    { head: '' },
    { head: 'strategy', align: 'right' },
    { head: 'buy & hold', align: 'right' },
    { head: '', gone: 1 },
  ] as const
  const warnings = [
    ...(m.trades < SMALL_SAMPLE ? [smallSample(m.trades, result.hasNoSignals)] : []),
    ...(result.isOutOfSample === false
      ? ['! The range overlaps what the model was trained on: this says nothing of the future.']
      : []),
    ...rejectionWarnings(result),
  ]
  const places = labelled([
    ['Results', result.backtest.path],
    ['Trades', `sha256 ${result.tradesSha256}`],
    ['Equity', `sha256 ${result.equitySha256}`],
    ['Report', `ktrdr report ${tailOf(result.operationId)} --open`],
  ])
  return [heading, table(columns, rows, room), pictured(result, room), warnings.join('\n'), places]
    .filter(Boolean)
    .join('\n\n')
}

/** So many kinds of costs are named; of more, how many. */
const NAMED_COSTS = 3

function costsText(account: CostTerms): string {
  const phrases = costPhrases(account)
  const more = phrases.length - NAMED_COSTS
  return `${phrases.slice(0, NAMED_COSTS).join(', ')}${more > 0 ? ` and ${counted(more, 'other cost')}` : ''}`
}

/** What is enough of an id to name it by. */
function tailOf(operationId: string): string {
  return operationId.slice(operationId.lastIndexOf('_') + 1)
}

/** What stands beside the figures: at most 38 characters, which is what 80 columns leave. */
function notesOf(m: BacktestResult['metrics']) {
  if (!isDetailed(m))
    return {
      sharpe: '',
      sortino: '',
      calmar: '',
      exposure: '',
      profitFactor: '',
      expectancy: 'a trade',
    }
  const best = `best ${signedPercent(m.bestTradeRatio)}, worst ${signedPercent(m.worstTradeRatio)}`
  return {
    sharpe: `arithmetic; above 0 with ${percent(m.probabilisticSharpeRatio)} (PSR)`,
    sortino: `Omega ${figure(m.omegaRatio)}`,
    calmar: `VaR ${percent(m.valueAtRisk95Ratio)}, CVaR ${percent(m.conditionalValueAtRisk95Ratio)} a bar (95%)`,
    exposure: `beta ${figure(m.beta)}, alpha ${signedPercent(m.alphaRatio)} a year`,
    profitFactor: `payoff ${figure(m.payoffRatio)}, SQN ${figure(m.systemQualityNumber)}`,
    expectancy: m.trades === 0 ? 'a trade' : `a trade; ${best}`,
  }
}

function isDetailed(metrics: Metrics & Partial<Details>): metrics is Metrics & Details {
  return metrics.long !== undefined
}

const LONGEST_CURVE = 60
const SHORTEST_CURVE = 8

/** Both sides apart, if both were traded, and the equity as a curve. */
function pictured(
  { metrics, curve = [], openPositions = [] }: BacktestResult,
  room: number,
): string {
  const rows: [string, string][] = []
  if (isDetailed(metrics) && metrics.long.trades > 0 && metrics.short.trades > 0)
    rows.push(['Long', sideText(metrics.long)], ['Short', sideText(metrics.short)])
  const exits = metrics.exitsByReason ?? []
  if (exits.some(({ reason }) => !COMMON_EXITS.has(reason)))
    rows.push(['Exits', exits.map(exitText).join(', ')])
  for (const { symbol, side, units, unrealizedPnl } of openPositions)
    rows.push([
      'Open',
      `${side} ${figure(units)} ${symbol} at the end, ${signedMoney(unrealizedPnl)} unrealised`,
    ])
  if (curve.length > 1) {
    const [low, high] = [Math.min(...curve), Math.max(...curve)].map(money)
    const scale = `  ▁ ${low}  █ ${high}`
    const free = room - 'Equity  '.length - scale.length
    const width = Math.max(SHORTEST_CURVE, Math.min(LONGEST_CURVE, free))
    rows.push(['Equity', `${sparkline(curve, width)}${scale}`])
  }
  return rows.length === 0 ? '' : labelled(rows, { room })
}

function sideText({ trades, winRateRatio, profitFactor, netProfit }: Side): string {
  return `${counted(trades, 'trade')}, ${percent(winRateRatio)} won, profit factor ${figure(profitFactor)}, net ${signedMoney(netProfit)}`
}

/** These alone tell nothing of how it was traded. */
const COMMON_EXITS: ReadonlySet<string> = new Set(['signal', 'end of data'])

/** "stop loss 12 (-1 204)" */
function exitText({ reason, trades, netProfit }: Exits): string {
  return `${reason} ${trades} (${signedMoney(netProfit)})`
}

function signedMoney(amount: number): string {
  return `${amount < 0 ? '' : '+'}${money(amount)}`
}

/** To four digits or whole units, whichever is more. */
function money(amount: number): string {
  const rounded = Math.round(amount)
  return Math.abs(rounded) >= 1000 ? grouped(rounded) : figure(amount)
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

function negative(ratio: number | null): string {
  return ratio === null ? '--' : `${ratio === 0 ? '' : '-'}${percent(ratio)}`
}
