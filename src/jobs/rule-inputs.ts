// A backtest of a strategy that has rules: no model, no training. What the rules want of each bar is traded as it is.

import type { DecisionSettings } from '../trading/decision-settings.ts'
import { describeTrading } from '../trading/describe-trading.ts'
import type { Intents } from '../backtest/intents.ts'
import { ARITHMETIC as SIMULATION_ARITHMETIC } from '../backtest/simulate.ts'
import { simulationInputs } from '../backtest/simulation-inputs.ts'
import { invariant, KtrdrError } from '../core/errors.ts'
import type { Headline } from '../core/events.ts'
import { exactJson, sha256, type Json } from '../core/hash.ts'
import type { Timeframe } from '../data/bars.ts'
import { ARITHMETIC as FEATURES_ARITHMETIC } from '../features/feature-matrix.ts'
import { ARITHMETIC as RULES_ARITHMETIC, ruleIntents } from '../rules/rule-intents.ts'
import { SIDES } from '../rules/rule-plan.ts'
import { formatProblem, loadAnyStrategy, parseAnyStrategy } from '../strategy/load-strategy.ts'
import { defaultDecisions } from '../strategy/resolve.ts'
import { hasRules, type RuleStrategy } from '../strategy/strategy.ts'
import {
  dataText,
  symbolsToTrade,
  type BacktestJobInputs,
  type BacktestRequest,
} from './backtest-inputs.ts'
import { dataNeedsOf } from './data-needs.ts'
import { loadFunding } from './funding.ts'
import type { Loaded, Resources } from './job.ts'
import { loadMarketData, type SymbolData } from './market-data.ts'
import {
  editedSince,
  snapshotOf,
  type StrategyRequest,
  type StrategySnapshot,
} from './strategy-snapshot.ts'

/** What `ktrdr backtest` asks for when the strategy has rules. */
export type RuleRequest = Omit<BacktestRequest, 'model'> & {
  readonly rules: StrategyRequest
  /** Null = as the strategy says. */
  readonly traded: {
    readonly symbols: readonly string[] | null
    readonly timeframe: Timeframe | null
  }
}

export async function loadRules(
  request: RuleRequest,
  { barCache = null, tell, breathe }: Pick<Resources, 'barCache' | 'tell' | 'breathe'> = {},
): Promise<Loaded<BacktestJobInputs>> {
  tell?.('reading data')
  const snapshot = snapshotOf(request.rules, loadAnyStrategy)
  const { strategy, warnings } = ruleStrategyOf(snapshot, request.traded.timeframe)
  const { name, baseTimeframe: timeframe } = strategy
  const symbols = symbolsToTrade(request.data, request.traded.symbols ?? strategy.symbols)
  const data = await loadMarketData(
    request.data,
    { ...dataNeedsOf(strategy), symbols },
    request.range,
    barCache,
  )
  tell?.('computing rules')
  const intents = data.symbols.map((one) => ruleIntentsOf(strategy, one))
  const funding = await loadFunding(request.funding, data)
  const settings = { ...request.simulation, decisions: AS_WANTED }
  const simulation = simulationInputs(
    data.symbols.map(({ symbol, bars }, i) => ({
      symbol,
      bars,
      firstBar: intents[i]!.from,
      endBar: bars.length,
      intentsAt: () => intents[i]!,
      funding: funding.rates.get(symbol),
    })),
    settings,
  )
  const wanted = Object.fromEntries(
    data.symbols.map(({ symbol }, i) => [
      symbols.length === 1 ? 'intents' : `${symbol} intents`,
      sha256(intents[i]!.bits),
    ]),
  )
  return {
    name,
    settings: {
      ...request,
      rules: { ...request.rules, snapshot },
      traded: { symbols, timeframe },
      data: data.settings,
      ...(request.funding ? { funding: funding.settings } : {}),
    } satisfies RuleRequest as Json,
    fingerprints: {
      strategy: sha256(snapshot.text),
      arithmetic: `${FEATURES_ARITHMETIC} ${RULES_ARITHMETIC} ${SIMULATION_ARITHMETIC}`,
      'resolved settings': sha256(exactJson(settings)),
      ...data.fingerprints,
      ...funding.fingerprints,
      ...wanted,
    },
    sources: [...data.settings, ...funding.settings].map(({ path }) => path),
    headline: [
      ...rulesText(strategy),
      ['Data', dataText(timeframe, simulation)],
      ['Account', describeTrading(settings).join(', ')],
    ],
    warnings: [...warnings, ...editedSince(snapshot), ...data.warnings, ...funding.warnings],
    inputs: {
      simulation,
      name,
      timeframe,
      source: { rules: sha256(exactJson(wanted)) },
      isOutOfSample: null,
      warnings: [],
      trials: request.trials,
      pause: breathe,
    },
  }
}

/**
 * @param asked the timeframe to trade on, one of the strategy's; any, when the strategy has only one
 * @throws USAGE for another one
 */
export function ruleStrategyOf(
  { path, text }: StrategySnapshot,
  asked: Timeframe | null,
): { readonly strategy: RuleStrategy; readonly warnings: readonly string[] } {
  const { strategy, warnings } = parseAnyStrategy(text, path)
  invariant(hasRules(strategy), `${path} has no rules`)
  const { name, timeframes } = strategy
  if (asked !== null && timeframes.length > 1 && !timeframes.includes(asked))
    throw new KtrdrError(
      'USAGE',
      `The strategy ${name} is for bars of ${timeframes.join(', ')}, not of ${asked}.`,
      { suggestions: timeframes.map((timeframe) => `--timeframe ${timeframe}`) },
    )
  return {
    strategy: asked === null ? strategy : { ...strategy, baseTimeframe: asked },
    warnings: warnings.map(formatProblem),
  }
}

/** @throws DATA_INVALID when no bar of the range has a value of every operand */
export function ruleIntentsOf(
  strategy: RuleStrategy,
  { symbol, market, from }: Pick<SymbolData, 'symbol' | 'market' | 'from'>,
): Intents {
  const intents = ruleIntents(strategy, market, Math.max(from, strategy.historyRequired ?? 0))
  if (intents !== undefined) return intents
  throw new KtrdrError(
    'DATA_INVALID',
    `No bar of ${symbol} in this range has a value of all that the rules look at.`,
    { suggestions: ['Choose an earlier --start or a later --end, or give more history.'] },
  )
}

/** Nothing holds back what the rules want. */
export const AS_WANTED: DecisionSettings = {
  ...defaultDecisions(),
  outputFormat: 'position',
  minSignalSeparationHours: 0,
  minSignalSeparationBars: 0,
}

const words = (text: string): string => text.trim().replaceAll(/\s+/g, ' ')

/** Each rule of a strategy by its side and what it is for. */
export function ruleTexts({
  rules,
}: RuleStrategy): { readonly title: string; readonly condition: string }[] {
  return SIDES.flatMap((side) => {
    const given = rules[side]
    if (given === null) return []
    const { enter, exit } = given
    return [
      { title: `Enter ${side}`, condition: words(enter.text) },
      ...(exit === null ? [] : [{ title: `Exit ${side}`, condition: words(exit.text) }]),
    ]
  })
}

function rulesText({ name, rules }: RuleStrategy): Headline {
  return [
    ['Strategy', name],
    ...SIDES.flatMap((side): Headline => {
      const given = rules[side]
      if (given === null) return []
      const exit = given.exit === null ? '' : `  exit: ${words(given.exit.text)}`
      const title = side === 'long' ? 'Long' : 'Short'
      return [[title, `enter: ${words(given.enter.text)}${exit}`]]
    }),
  ]
}
