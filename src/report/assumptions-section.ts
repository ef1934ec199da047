// What was assumed, and what did not go as the model wanted: the reader decides how much of it holds outside.

import { figureText, wordsOf } from './figures.ts'
import { factTable, type Section } from './page.ts'
import type { BacktestFacts, Figures } from './report-data.ts'

const SAMPLES: Readonly<Record<string, string>> = {
  true: 'Out of sample: no bar of the range was seen when the model was trained or chosen.',
  false:
    'In sample: the range overlaps bars that the model was trained on or chosen by. It says nothing of the future.',
  null: 'Unknown: the signals came from a file, which does not say on which bars they were made.',
}

export function assumptionsSection({
  account,
  result,
  isOutOfSample,
  metrics,
}: BacktestFacts): Section {
  const counts: [string, string][] = [
    ...Object.entries((result['rejectedOrders'] ?? {}) as Figures).map(
      ([reason, count]): [string, string] => [
        `Orders not filled: ${wordsOf(reason).toLowerCase()}`,
        figureText(count, 'count'),
      ],
    ),
    ...['unfilledSignals', 'missingForecasts', 'invalidForecasts'].flatMap(
      (key): [string, string][] =>
        key in result ? [[wordsOf(key), figureText(result[key], 'count')]] : [],
    ),
  ]
  return {
    id: 'assumptions',
    title: 'Assumptions',
    body: factTable([
      ['Sample', SAMPLES[String(isOutOfSample)]!],
      ['Decisions', 'On the close of a bar, from what was known then.'],
      [
        'Fills',
        'At the open of the next bar; what is open at the end is closed at the last close.',
      ],
      ['Capital', figureText(account.capital, 'money')],
      ['Commission', `${figureText(account.commission, 'percent')} of the notional, each side`],
      ['Slippage', `${figureText(account.slippage, 'percent')} of the price, each side`],
      [
        'Size of a position',
        `${figureText(account.positionSize, 'percent')} of the equity, ${account.wholeUnits ? 'whole units' : 'fractions of a unit allowed'}`,
      ],
      [
        'Annualised with',
        `${figureText(metrics['barsPerYear'], 'number')} bars a year, measured from the bars; risk-free rate 0`,
      ],
      [
        'Not in it',
        'Borrowing fees, funding, dividends, taxes, the effect of the orders on the market.',
      ],
      ...counts,
    ]),
  }
}
