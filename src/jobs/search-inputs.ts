// From what was asked of a search to its plan and to what all trials share: the strategy, the space, the bars.

import { readFileSync, statSync } from 'node:fs'
import { ARITHMETIC as SIMULATION_ARITHMETIC } from '../backtest/simulate.ts'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { exactJson, sha256, type Json } from '../core/hash.ts'
import { inSharedMemory } from '../core/shared-memory.ts'
import { explainSystemError } from '../core/system-error.ts'
import { ARITHMETIC as RULES_ARITHMETIC } from '../rules/rule-intents.ts'
import type { Method } from '../search/methods.ts'
import type { Space } from '../search/space.ts'
import { parseSpace } from '../strategy/load-space.ts'
import { formatProblem, loadAnyStrategy, parseAnyStrategy } from '../strategy/load-strategy.ts'
import { readDocument } from '../strategy/strategy-document.ts'
import { MAX_BYTES } from '../strategy/yaml-limits.ts'
import { hasRules, type RuleStrategy, type Strategy } from '../strategy/strategy.ts'
import type { TradingTerms } from '../trading/trading-terms.ts'
import { MODEL_ARITHMETIC } from './check-model.ts'
import { dataNeedsOf } from './data-needs.ts'
import type { Resources } from './job.ts'
import {
  loadMarketData,
  type DataNeeds,
  type DataRequest,
  type MarketData,
  type RangeSettings,
} from './market-data.ts'
import { objectiveNamed, type ObjectiveName } from './objective.ts'
import { checkMethod, planTrials, spaceWarnings } from './plan-search.ts'
import { searchHeadline } from './search-headline.ts'
import type { TrialPlan } from './search-plan.ts'
import { editedSince, snapshotOf, type StrategyRequest } from './strategy-snapshot.ts'
import type { LoadedQueue, QueueSettings } from './task-queue.ts'
import type { TrialShared } from './trial.ts'
import { judgedEnd } from './trial-backtest.ts'

/** What `ktrdr search` asks for. */
export type SearchRequest = {
  readonly strategy: StrategyRequest
  readonly space: { readonly path: string; readonly text: string | null }
  readonly data: readonly DataRequest[]
  readonly range: RangeSettings
  readonly method: Method
  readonly trials: number
  readonly objective: ObjectiveName
  readonly seed: number
  readonly prune: boolean
  /** Null = as the strategy says. */
  readonly epochs: number | null
  /** What the command line says of trading. */
  readonly trading: TradingTerms
  readonly queue: QueueSettings
}

export type SearchPlan = TrialPlan & {
  readonly name: string
  readonly symbols: readonly string[]
  readonly timeframe: string
  readonly hasRules: boolean
  readonly data: MarketData['settings']
  readonly strategyText: string
  readonly strategyPath: string
  readonly spaceText: string
  /** First of the bars of which no trial was told; null: there is none. */
  readonly heldBackFromMs: number | null
}

/** Of rules, which have no slices, as much is held back as a network tests on by default. */
const JUDGED_SHARE = 0.85

type AnyStrategy = Strategy | RuleStrategy

export async function loadSearch(
  request: SearchRequest,
  { barCache = null }: Pick<Resources, 'barCache'>,
): Promise<LoadedQueue<SearchPlan>> {
  const snapshot = snapshotOf(request.strategy, loadAnyStrategy)
  const { strategy, warnings } = parseAnyStrategy(snapshot.text, snapshot.path)
  const spaceText = request.space.text ?? readSpace(request.space.path)
  const document = readDocument(snapshot.text, snapshot.path)
  const space = parseSpace(spaceText, request.space.path, document, snapshot.path)
  const { objective, trading } = request
  checkMethod(request, strategy, space)
  const market = await loadMarketData(
    request.data,
    needsOf(strategy, space),
    request.range,
    barCache,
  )
  const trials = planTrials(request, strategy, space)
  const plan: SearchPlan = {
    ...trials,
    name: strategy.name,
    symbols: strategy.symbols,
    timeframe: strategy.baseTimeframe,
    hasRules: hasRules(strategy),
    data: market.settings,
    strategyText: snapshot.text,
    strategyPath: snapshot.path,
    spaceText,
    heldBackFromMs: hasRules(strategy) ? heldBackFrom(market) : null,
  }
  const shared: TrialShared = {
    strategy: snapshot,
    paths: space.parameters.map(({ path }) => path),
    market: inSharedMemory({ symbols: market.symbols, settings: market.settings }),
    marketSha256: sha256(exactJson(market.fingerprints)),
    objective,
    isTraded: objectiveNamed(objective).isTraded,
    furtherFigures: [],
    hasNoTest: false,
    trading,
    judgedShare: JUDGED_SHARE,
  }
  const { queue: _, ...asked } = request
  return {
    name: strategy.name,
    settings: {
      ...asked,
      strategy: { ...request.strategy, snapshot },
      space: { path: request.space.path, text: spaceText },
      data: market.settings,
      queue: request.queue,
    } satisfies SearchRequest as unknown as Readonly<Record<string, Json>>,
    fingerprints: {
      strategy: sha256(snapshot.text),
      space: sha256(spaceText),
      arithmetic: `${MODEL_ARITHMETIC} ${RULES_ARITHMETIC} ${SIMULATION_ARITHMETIC}`,
      'resolved settings': sha256(
        exactJson({
          method: plan.method,
          trials: plan.trials,
          objective,
          seed: plan.seed,
          prune: plan.isPruned,
          epochs: plan.epochs,
          trading,
        }),
      ),
      ...market.fingerprints,
    },
    sources: [...market.settings.map(({ path }) => path), request.space.path],
    headline: searchHeadline(strategy, plan, market, request),
    warnings: [
      ...warnings.map(formatProblem),
      ...editedSince(snapshot),
      ...market.warnings,
      ...spaceWarnings(plan),
    ],
    inputs: plan,
    shared,
  }
}

export function readSpace(path: string): string {
  try {
    const status = statSync(path)
    if (!status.isFile() || status.size > MAX_BYTES)
      throw new KtrdrError(
        'SPACE_INVALID',
        `The space ${path} is ${status.isFile() ? 'larger than 1 MiB' : 'not a regular file'}.`,
      )
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new KtrdrError('FILE_NOT_FOUND', `There is no space file ${path}.`, {
        suggestions: ['examples/search has some to begin with.'],
      })
    throw explainSystemError(error, `The space ${path} could not be read`)
  }
}

/** Where the space has inputs or rules, they may look at any timeframe of the strategy. */
export function needsOf(strategy: AnyStrategy, { parameters }: Space): DataNeeds {
  const needs = dataNeedsOf(strategy)
  const isFixed = parameters.every(({ path }) => path[0] !== 'nn_inputs' && path[0] !== 'rules')
  return isFixed ? needs : { ...needs, inputs: [{ timeframes: strategy.timeframes }] }
}

/** Of the symbol whose bars are held back first. */
function heldBackFrom({ symbols }: MarketData): number | null {
  const stamps = symbols.flatMap(
    ({ bars, from }) => bars.timestampMs[judgedEnd(from, bars.length, JUDGED_SHARE)] ?? [],
  )
  return stamps.length === 0 ? null : Math.min(...stamps)
}
