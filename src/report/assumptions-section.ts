// What was assumed, and what did not go as the model wanted: the reader decides how much of it holds outside.

import { tradingPhrases } from '../trading/describe-trading.ts'
import { figureText, wordsOf } from './figures.ts'
import { factTable, type Section } from './page.ts'
import { rejectionText } from './trades-section.ts'
import type { Account, BacktestFacts } from './report-data.ts'

const SAMPLES: Readonly<Record<string, string>> = {
  true: 'Out of sample: no bar of the range was seen when the model was trained or chosen.',
  false:
    'In sample: the range overlaps bars that the model was trained on or chosen by. It says nothing of the future.',
  walk: 'Out of sample: no fold had seen a bar of its test window when it was trained and chosen.',
  signals:
    'Unknown: the signals came from a file, which does not say on which bars they were made.',
  rules:
    'Unknown: the rules were not trained, but nobody can say which bars they were made to fit.',
}

export function assumptionsSection({
  account,
  hasFunding = false,
  result,
  isOutOfSample,
  decidedBy,
  metrics,
  walk,
}: BacktestFacts): Section {
  const unfilled = Object.entries((result['rejectedOrders'] ?? {}) as Record<string, number>)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${figureText(count, 'count')} (${rejectionText(reason)})`)
  const counts: [string, string][] = [
    ['Orders not filled', unfilled.join(', ') || 'none'],
    ...['unfilledSignals', 'missingForecasts', 'invalidForecasts'].flatMap(
      (key): [string, string][] =>
        Number(result[key]) > 0 ? [[wordsOf(key), figureText(result[key], 'count')]] : [],
    ),
  ]
  const { size, orders, exits, costs } = tradingPhrases(account)
  return {
    id: 'assumptions',
    title: 'Assumptions',
    body: factTable([
      [
        'Sample',
        SAMPLES[
          walk && isOutOfSample
            ? 'walk'
            : String(isOutOfSample ?? (decidedBy === 'signals' ? 'signals' : 'rules'))
        ]!,
      ],
      ['Decisions', 'On the close of a bar, from what was known then.'],
      ['Fills', `${fillsText(account.order)}; ${endText(account)}.`],
      ...(orders.length > 0 ? [['Orders', orders.join(', ')] as const] : []),
      ...(exits.length > 0 ? [['Exits', exits.join(', ')] as const] : []),
      ['Capital', figureText(account.capital, 'money')],
      ['Size', size.join(', ')],
      ['Costs', `${costs.join(', ')}; commission and slippage on each side`],
      [
        'Annualised with',
        `${figureText(metrics['barsPerYear'], 'number')} bars a year, measured from the bars; risk-free rate 0`,
      ],
      ['Not in it', notInIt(account, hasFunding)],
      ...counts,
    ]),
  }
}

function fillsText(order: Account['order']): string {
  if (order?.type === 'market' && order.at === 'close')
    return 'At the close of the decision itself, which is optimistic'
  return order && order.type !== 'market'
    ? 'At the price of the order, or at the open of a bar that begins beyond it'
    : 'At the open of the next bar'
}

function endText({ leaveOpen }: Account): string {
  return leaveOpen
    ? 'what is open at the end stays open'
    : 'what is open at the end is closed at the last close'
}

function notInIt({ costs }: Account, hasFunding: boolean): string {
  const missing = [
    ...(costs?.borrowFee === undefined ? ['borrowing fees'] : []),
    ...(hasFunding ? [] : ['funding']),
    'dividends',
    'taxes',
    ...(costs?.slippageOfVolume ? [] : ['the effect of the orders on the market']),
  ].join(', ')
  return `${missing.charAt(0).toUpperCase()}${missing.slice(1)}.`
}
