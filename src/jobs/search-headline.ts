// What a search says of itself when it begins.

import type { Headline } from '../core/events.ts'
import { counted } from '../core/text.ts'
import { formatDateRange } from '../data/date-range.ts'
import { rungSizes } from '../search/successive-halving.ts'
import type { RuleStrategy, Strategy } from '../strategy/strategy.ts'
import { describeTrading } from '../trading/describe-trading.ts'
import { tradingSettings } from '../trading/trading-settings.ts'
import { marketText, type MarketData } from './market-data.ts'
import { objectiveNamed } from './objective.ts'
import type { SearchPlan, SearchRequest } from './search-inputs.ts'
import type { TrialPlan } from './search-plan.ts'

export function searchHeadline(
  strategy: Strategy | RuleStrategy,
  plan: SearchPlan,
  { symbols }: MarketData,
  { trading, queue }: SearchRequest,
): Headline {
  const { space, method, objective, seed, trials, isPruned } = plan
  const range = formatDateRange({
    firstMs: Math.min(...symbols.map(({ bars, from }) => bars.timestampMs[from]!)),
    lastMs: Math.max(...symbols.map(({ bars }) => bars.timestampMs[bars.length - 1]!)),
  })
  const { isTraded } = objectiveNamed(objective)
  const account = describeTrading(tradingSettings(trading, strategy.trading))
  const judged = plan.hasRules
    ? 'judged by the first 85% of the bars, the others are held back'
    : 'judged by the validation, the test slice is held back'
  return [
    ['Strategy', strategy.name],
    [
      'Space',
      [
        counted(space.parameters.length, 'parameter'),
        ...space.constraints.map(({ text }) => text),
      ].join(', '),
    ],
    ['Data', `${marketText(strategy.symbols, strategy.baseTimeframe)}  ${range}  ${judged}`],
    ...(isTraded ? [['Account', account.join(', ')] as const] : []),
    [
      'Search',
      `${counted(trials, 'trial')} by ${method}${isPruned ? ' with pruning' : ''}, objective ${objective}, seed ${seed}, ${counted(queue.workers, 'worker')}${rungText(plan)}`,
    ],
  ]
}

function rungText({ rungs, trials }: TrialPlan): string {
  const sizes = rungSizes(trials, rungs.length)
  const texts = rungs.map((epochs, i) => `${sizes[i]} to ${counted(epochs, 'epoch')}`)
  return texts.length === 0 ? '' : `: ${texts.join(', ')}`
}
