// The backtest that judges a trial: over the bars of the validation, or, of rules, over all bars but those held back.

import { finishSimulation } from '../backtest/finish-simulation.ts'
import type { Instrument } from '../backtest/instrument.ts'
import { beginSimulation, simulate } from '../backtest/simulate.ts'
import { simulationInputs } from '../backtest/simulation-inputs.ts'
import { KtrdrError } from '../core/errors.ts'
import type { Performance } from '../performance/performance.ts'
import type { Network } from '../neural/network.ts'
import type { RuleStrategy, Strategy } from '../strategy/strategy.ts'
import type { DecisionSettings } from '../trading/decision-settings.ts'
import { tradingSettings } from '../trading/trading-settings.ts'
import type { TradingTerms } from '../trading/trading-terms.ts'
import { forecastIntents } from './forecaster.ts'
import type { MarketData } from './market-data.ts'
import { AS_WANTED, ruleIntentsOf } from './rule-inputs.ts'
import { barsOf, type TrialFeatures } from './trial-features.ts'

/** Figures of a backtest that a table of trials shows, and those that deflate the best Sharpe ratio. */
const FIGURES = [
  'sharpeRatio',
  'sortinoRatio',
  'calmarRatio',
  'totalReturnRatio',
  'maxDrawdownRatio',
  'profitFactor',
  'omegaRatio',
  'trades',
  'skewness',
  'excessKurtosis',
] as const satisfies readonly (keyof Performance)[]

export type TradedFigures = Readonly<
  Record<(typeof FIGURES)[number] | 'sharpePerBar' | 'returns', number | null>
>

/** What somebody may want beside them. */
export type FurtherFigure = 'annualizedReturnRatio'

type Market = Pick<MarketData, 'symbols'>

/** @param terms what the command line says of trading */
export function tradeValidation(
  strategy: Strategy,
  { traded }: TrialFeatures,
  market: Market,
  network: Network,
  terms: TradingTerms,
  further: readonly FurtherFigure[],
): TradedFigures {
  const { decisions } = strategy
  const instruments = traded.flatMap(({ symbol, complete, samples, endBar }): Instrument[] => {
    if (complete.length === 0) return []
    return [
      {
        symbol,
        bars: barsOf(market, symbol),
        firstBar: complete[0]!,
        endBar,
        intentsAt: forecastIntents(network, samples, complete, endBar, decisions),
      },
    ]
  })
  return figuresOf(instruments, decisions, terms, strategy.trading, further)
}

/** @param share of the bars of each symbol, from the first of the range on */
export function tradeRules(
  strategy: RuleStrategy,
  market: Market,
  terms: TradingTerms,
  share: number,
  further: readonly FurtherFigure[],
): TradedFigures {
  const instruments = market.symbols.map((data): Instrument => {
    const { symbol, bars, from } = data
    const intents = ruleIntentsOf(strategy, data)
    const endBar = judgedEnd(from, bars.length, share)
    if (intents.from >= endBar)
      throw new KtrdrError(
        'DATA_INVALID',
        `The rules are not decidable on any bar of ${symbol} before those held back.`,
      )
    return { symbol, bars, firstBar: intents.from, endBar, intentsAt: () => intents }
  })
  return figuresOf(instruments, AS_WANTED, terms, strategy.trading, further)
}

/** Exclusive. */
export function judgedEnd(from: number, length: number, share: number): number {
  return from + Math.floor((length - from) * share)
}

function figuresOf(
  instruments: readonly Instrument[],
  decisions: DecisionSettings,
  terms: TradingTerms,
  ofStrategy: TradingTerms | undefined,
  further: readonly FurtherFigure[],
): TradedFigures {
  if (instruments.length === 0)
    throw new KtrdrError(
      'DATA_INVALID',
      'Nothing is held out for validation: there are no bars to trade.',
    )
  const simulation = simulationInputs(instruments, {
    ...tradingSettings(terms, ofStrategy),
    decisions,
  })
  const state = beginSimulation(simulation)
  simulate(state, simulation, Infinity)
  const { metrics } = finishSimulation(state, simulation)
  const { sharpeRatio, barsPerYear } = metrics
  const figures = Object.fromEntries([...FIGURES, ...further].map((name) => [name, metrics[name]]))
  return {
    ...(figures as Record<(typeof FIGURES)[number], number | null>),
    sharpePerBar:
      sharpeRatio === null || barsPerYear === null ? null : sharpeRatio / Math.sqrt(barsPerYear),
    returns: simulation.timeline.length - 1,
  }
}
