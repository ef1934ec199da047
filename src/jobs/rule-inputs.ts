// A backtest of a strategy that has rules: no model, no training. What the rules want of each bar is traded as it is.

import {
  ENTER_LONG,
  ENTER_SHORT,
  EXIT_LONG,
  EXIT_SHORT,
  type Intents,
} from '../backtest/intents.ts'
import { ARITHMETIC as SIMULATION_ARITHMETIC, type SimulationInputs } from '../backtest/simulate.ts'
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
  accountText,
  dataText,
  symbolToTrade,
  type BacktestJobInputs,
  type BacktestRequest,
} from './backtest-inputs.ts'
import { dataNeedsOf } from './data-needs.ts'
import type { Loaded } from './job.ts'
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

export async function loadRules(request: RuleRequest): Promise<Loaded<BacktestJobInputs>> {
  const snapshot = snapshotOf(request.rules, loadAnyStrategy)
  const { strategy, warnings } = ruleStrategyOf(snapshot, request.traded.timeframe)
  const { name, baseTimeframe: timeframe } = strategy
  const symbols = request.traded.symbols ?? strategy.symbols
  const symbol = symbolToTrade(request.data, symbols, 'the strategy')
  const needs = { ...dataNeedsOf(strategy), symbols: [symbol] }
  const data = await loadMarketData(request.data, needs, request.range)
  const { bars } = data.symbols[0]!
  const { intents, intentsSha256 } = ruleIntentsOf(strategy, data.symbols[0]!)
  const settings = { ...request.simulation, decisions: FOLLOWED }
  const simulation: SimulationInputs = {
    bars,
    firstBar: intents.from,
    endBar: bars.length,
    forecastAt: targetsOf(intents),
    settings,
  }
  return {
    name,
    settings: {
      ...request,
      rules: { ...request.rules, snapshot },
      traded: { symbols: [symbol], timeframe },
      data: data.settings,
    } satisfies RuleRequest as Json,
    fingerprints: {
      strategy: sha256(snapshot.text),
      arithmetic: `${FEATURES_ARITHMETIC} ${RULES_ARITHMETIC} ${SIMULATION_ARITHMETIC}`,
      'resolved settings': sha256(exactJson(settings)),
      ...data.fingerprints,
      intents: intentsSha256,
    },
    sources: data.settings.map(({ path }) => path),
    headline: [
      ...rulesText(strategy),
      ['Data', dataText(symbol, timeframe, simulation)],
      ['Account', accountText(settings)],
    ],
    warnings: [...warnings, ...editedSince(snapshot), ...data.warnings],
    inputs: {
      simulation,
      name,
      symbol,
      timeframe,
      source: { rules: intentsSha256 },
      isOutOfSample: null,
      warnings: [],
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
): { readonly intents: Intents; readonly intentsSha256: string } {
  const intents = ruleIntents(strategy, market, Math.max(from, strategy.historyRequired ?? 0))
  if (intents === undefined)
    throw new KtrdrError(
      'DATA_INVALID',
      `No bar of ${symbol} in this range has a value of all that the rules look at.`,
      { suggestions: ['Choose an earlier --start or a later --end, or give more history.'] },
    )
  return { intents, intentsSha256: sha256(intents.bits) }
}

/** Targets are held as soon as they can be. */
const FOLLOWED = {
  ...defaultDecisions(),
  outputFormat: 'position',
  minSignalSeparationHours: 0,
  minSignalSeparationBars: 0,
} as const

/** The position to hold, −1, 0 or 1, when one follows the intents: one side at a time, and flat in between. */
function targetsOf({ from, to, bits }: Intents): (bar: number) => Float32Array {
  const targets = new Float32Array(to - from)
  let target = 0
  for (let i = 0; i < targets.length; i++) {
    const wanted = bits[i]! & (target === 0 ? ENTER_LONG | ENTER_SHORT : EXIT_LONG | EXIT_SHORT)
    if (target === 0) target = wanted === ENTER_LONG ? 1 : wanted === ENTER_SHORT ? -1 : 0
    else if (wanted & (target > 0 ? EXIT_LONG : EXIT_SHORT)) target = 0
    targets[i] = target
  }
  return (bar) => targets.subarray(bar - from, bar - from + 1)
}

function rulesText({ name, rules }: RuleStrategy): Headline {
  const words = (text: string): string => text.trim().replaceAll(/\s+/g, ' ')
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
