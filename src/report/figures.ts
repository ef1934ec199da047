// Figures as a reader sees them: what each metric is called, in which unit, and whether more of it is better. A metric
// that is not named here is still shown, by the words of its key.

import { grouped } from '../core/text.ts'

/** `fall` is a share that is lost, `ratio` a number of which two decimals are enough. */
export type Unit =
  | 'percent'
  | 'signed percent'
  | 'fall'
  | 'number'
  | 'ratio'
  | 'money'
  | 'signed money'
  | 'count'

export type MetricLabel = {
  readonly label: string
  readonly unit: Unit
  /** null = neither. */
  readonly better: 'more' | 'less' | null
}

const as = (label: string, unit: Unit, better: MetricLabel['better'] = null): MetricLabel => ({
  label,
  unit,
  better,
})

/** In the order in which they are shown. */
const LABELS: Readonly<Record<string, MetricLabel>> = {
  totalReturnRatio: as('Return', 'signed percent', 'more'),
  annualizedReturnRatio: as('Return, annual', 'signed percent', 'more'),
  volatilityRatio: as('Volatility, annual', 'percent', 'less'),
  sharpeRatio: as('Sharpe', 'ratio', 'more'),
  probabilisticSharpeRatio: as('Probability that Sharpe > 0', 'percent', 'more'),
  deflatedSharpeRatio: as('Deflated Sharpe', 'percent', 'more'),
  sortinoRatio: as('Sortino', 'ratio', 'more'),
  calmarRatio: as('Calmar', 'ratio', 'more'),
  omegaRatio: as('Omega', 'ratio', 'more'),
  informationRatio: as('Information ratio', 'ratio', 'more'),
  skewness: as('Skewness', 'ratio'),
  excessKurtosis: as('Kurtosis, excess', 'ratio'),
  valueAtRisk95Ratio: as('Value at risk 95 %, a bar', 'percent', 'less'),
  conditionalValueAtRisk95Ratio: as('Expected shortfall 95 %, a bar', 'percent', 'less'),
  alphaRatio: as('Alpha, annual', 'signed percent', 'more'),
  beta: as('Beta', 'ratio'),
  maxDrawdownRatio: as('Max drawdown', 'fall', 'less'),
  maxDrawdown: as('Max drawdown, money', 'money', 'less'),
  maxDrawdownBars: as('Longest drawdown, bars', 'count', 'less'),
  maxDrawdownDays: as('Longest drawdown, days', 'count', 'less'),
  maxDrawdownRecoveryBars: as('Recovery from the deepest, bars', 'count', 'less'),
  drawdowns: as('Drawdowns', 'count'),
  averageDrawdownRatio: as('Average drawdown', 'fall', 'less'),
  averageDrawdownBars: as('Average drawdown, bars', 'number', 'less'),
  ulcerIndexRatio: as('Ulcer index', 'percent', 'less'),
  exposureRatio: as('Exposure', 'percent'),
  annualizedTurnoverRatio: as('Turnover, annual', 'ratio'),
  trades: as('Trades', 'count'),
  winningTrades: as('Winning trades', 'count'),
  losingTrades: as('Losing trades', 'count'),
  winRateRatio: as('Win rate', 'percent', 'more'),
  profitFactor: as('Profit factor', 'ratio', 'more'),
  payoffRatio: as('Payoff', 'ratio', 'more'),
  expectancyRatio: as('Expectancy a trade', 'signed percent', 'more'),
  bestTradeRatio: as('Best trade', 'signed percent', 'more'),
  worstTradeRatio: as('Worst trade', 'signed percent', 'more'),
  averageTrade: as('Average trade', 'money', 'more'),
  averageWin: as('Average win', 'money', 'more'),
  averageLoss: as('Average loss', 'money', 'more'),
  largestWin: as('Largest win', 'money', 'more'),
  largestLoss: as('Largest loss', 'money', 'more'),
  systemQualityNumber: as('SQN', 'ratio', 'more'),
  kellyRatio: as('Kelly', 'percent', 'more'),
  averageFavorableExcursionRatio: as('Average favourable excursion', 'signed percent', 'more'),
  averageAdverseExcursionRatio: as('Average adverse excursion', 'signed percent', 'more'),
  averageHoldingBars: as('Average holding, bars', 'number'),
  averageHoldingBarsOfWins: as('Average holding of wins, bars', 'number'),
  averageHoldingBarsOfLosses: as('Average holding of losses, bars', 'number'),
  longestHoldingBars: as('Longest holding, bars', 'count'),
  averageHoldingDays: as('Average holding, days', 'number'),
  longestWinningRun: as('Longest winning run', 'count', 'more'),
  longestLosingRun: as('Longest losing run', 'count', 'less'),
  costsPaid: as('Costs paid', 'money', 'less'),
  costsRatio: as('Costs, of the capital', 'percent', 'less'),
  netProfit: as('Net of the trades', 'money', 'more'),
  totalReturn: as('Profit', 'money', 'more'),
  barsPerYear: as('Bars a year', 'number'),
  bestValLoss: as('Best validation loss', 'number', 'less'),
  bestValAccuracy: as('Validation accuracy at the best', 'percent', 'more'),
  bestEpoch: as('Best epoch', 'count'),
  trainLoss: as('Training loss', 'number', 'less'),
  valLoss: as('Validation loss', 'number', 'less'),
  rows: as('Test rows', 'count'),
  loss: as('Test loss', 'number', 'less'),
  accuracy: as('Test accuracy', 'percent', 'more'),
  balancedAccuracy: as('Balanced accuracy', 'percent', 'more'),
  majorityAccuracy: as('Accuracy of the constant guess', 'percent'),
  f1: as('F1', 'number', 'more'),
  logLoss: as('Log loss', 'number', 'less'),
  meanAbsoluteError: as('Mean absolute error', 'number', 'less'),
  rootMeanSquareError: as('Root mean square error', 'number', 'less'),
  informationCoefficient: as('Information coefficient', 'number', 'more'),
  rankInformationCoefficient: as('Information coefficient of ranks', 'number', 'more'),
  r2AgainstZero: as('R² against always 0', 'number', 'more'),
}

export function metricLabel(key: string): MetricLabel {
  if (Object.hasOwn(LABELS, key)) return LABELS[key]!
  const unit = key.endsWith('Ratio') ? 'percent' : 'number'
  return as(wordsOf(key.replace(/Ratio$/, '')), unit)
}

/** Known metrics in their order, then the others as they come. */
export function orderedKeys(keys: Iterable<string>): string[] {
  const known = Object.keys(LABELS)
  const rank = (key: string): number => (known.includes(key) ? known.indexOf(key) : known.length)
  return [...new Set(keys)].toSorted((a, b) => rank(a) - rank(b))
}

/** "averageWin" → "Average win"; what begins with a digit, e.g. a month, stays as it is. */
export function wordsOf(key: string): string {
  if (/^\d/.test(key)) return key
  const words = key
    .replaceAll(/([A-Z]|\d+)/g, ' $1')
    .toLowerCase()
    .trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** "+12.4%", "1.74", "95 193", "--" when there is no figure. */
export function figureText(value: unknown, unit: Unit): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return '--'
  switch (unit) {
    case 'percent':
      return percentText(value)
    case 'signed percent':
      return `${value >= 0 ? '+' : ''}${percentText(value)}`
    case 'fall':
      return `${value > 0 ? '-' : ''}${percentText(value)}`
    case 'ratio':
      return Math.abs(value) < 1000 ? value.toFixed(2) : grouped(Math.round(value))
    case 'count':
    case 'money':
      return grouped(Math.round(value))
    case 'signed money':
      return `${value >= 0.5 ? '+' : ''}${grouped(Math.round(value))}`
    case 'number':
      return numberText(value)
  }
}

function percentText(ratio: number): string {
  return `${(100 * ratio).toFixed(Math.abs(ratio) < 0.01 ? 2 : 1)}%`
}

/** Four digits. */
function numberText(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return grouped(Math.round(value))
  return String(Number(value.toPrecision(4)))
}

export function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** "2020-04-17" at midnight, else "2020-04-17 14:30". */
export function momentText(ms: number): string {
  const iso = new Date(ms).toISOString()
  return iso.slice(11, 16) === '00:00' ? iso.slice(0, 10) : iso.slice(0, 16).replace('T', ' ')
}
