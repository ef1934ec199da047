// From what was asked of a walk-forward to its plan: the strategy, the bars, the windows of the folds, what each may choose
// from, and the account that trades all of them.

import type { FoldMethod } from '../search/methods.ts'
import { ARITHMETIC as SIMULATION_ARITHMETIC } from '../backtest/simulate.ts'
import { unionOfStamps } from '../backtest/timeline.ts'
import { KtrdrError } from '../core/errors.ts'
import type { Headline } from '../core/events.ts'
import { exactJson, sha256, type Json } from '../core/hash.ts'
import { inSharedMemory } from '../core/shared-memory.ts'
import { counted } from '../core/text.ts'
import { TIMEFRAME_MS, type Stamps } from '../data/bars.ts'
import { formatDateRange } from '../data/date-range.ts'
import { ARITHMETIC as RULES_ARITHMETIC } from '../rules/rule-intents.ts'
import type { Space } from '../search/space.ts'
import { formatProblem, loadAnyStrategy, parseAnyStrategy } from '../strategy/load-strategy.ts'
import { parseSpace } from '../strategy/load-space.ts'
import { pathText, type Path } from '../strategy/problems.ts'
import { readDocument } from '../strategy/strategy-document.ts'
import { hasRules, type RuleStrategy, type Strategy } from '../strategy/strategy.ts'
import { givesSignals } from '../trading/decision-settings.ts'
import { describeTrading } from '../trading/describe-trading.ts'
import type { SimulationSettings } from '../trading/simulation-settings.ts'
import { tradingSettings } from '../trading/trading-settings.ts'
import type { TradingTerms } from '../trading/trading-terms.ts'
import { foldWindows, type FoldSpans } from '../walkforward/fold-windows.ts'
import { parseSpan, spanWords } from '../walkforward/span.ts'
import { MODEL_ARITHMETIC } from './check-model.ts'
import { dataNeedsOf } from './data-needs.ts'
import type { FoldShared } from './fold.ts'
import { loadFunding, type Funding } from './funding.ts'
import type { Resources } from './job.ts'
import {
  loadMarketData,
  marketText,
  type DataRequest,
  type MarketData,
  type RangeSettings,
} from './market-data.ts'
import type { ObjectiveName } from './objective.ts'
import { AS_WANTED } from './rule-inputs.ts'
import { checkMethod, planTrials, spaceWarnings } from './plan-search.ts'
import { needsOf, readSpace } from './search-inputs.ts'
import type { TrialPlan } from './search-plan.ts'
import { editedSince, snapshotOf, type StrategyRequest } from './strategy-snapshot.ts'
import type { LoadedQueue, QueueSettings } from './task-queue.ts'
import { trialsOfFold, type FoldsPlan } from './walk-forward-plan.ts'

/** What `ktrdr walkforward` asks for. */
export type WalkForwardRequest = {
  readonly strategy: StrategyRequest
  readonly data: readonly DataRequest[]
  readonly range: RangeSettings
  /** As typed: "2y", "500bars". */
  readonly train: string
  readonly test: string
  /** Null = as long as the test window. */
  readonly step: string | null
  readonly isAnchored: boolean
  /** What each fold chooses from; null = nothing. */
  readonly search: {
    readonly space: { readonly path: string; readonly text: string | null }
    readonly method: FoldMethod
    readonly trials: number
    readonly seed: number
  } | null
  /** Null = the validation loss, or, of rules, the Sharpe ratio. */
  readonly objective: ObjectiveName | null
  /** Null = as the strategy says. */
  readonly epochs: number | null
  /** What the command line says of trading. */
  readonly trading: TradingTerms
  readonly funding: readonly DataRequest[]
  readonly queue: QueueSettings
}

export type WalkForwardPlan = FoldsPlan & {
  readonly name: string
  readonly timeframe: string
  readonly hasRules: boolean
  readonly spans: FoldSpans
  readonly market: Pick<MarketData, 'symbols'>
  readonly funding: Funding['rates']
  readonly settings: SimulationSettings
  readonly space: Space | null
}

type AnyStrategy = Strategy | RuleStrategy

export async function loadWalkForward(
  request: WalkForwardRequest,
  { barCache = null }: Pick<Resources, 'barCache'>,
): Promise<LoadedQueue<WalkForwardPlan>> {
  const snapshot = snapshotOf(request.strategy, loadAnyStrategy)
  const { strategy, warnings } = parseAnyStrategy(snapshot.text, snapshot.path)
  checkStrategy(strategy, request)
  const spans = spansOf(request)
  const objective = request.objective ?? (hasRules(strategy) ? 'sharpe' : 'val_loss')
  const { search, trading, epochs } = request
  const spaceText = search && (search.space.text ?? readSpace(search.space.path))
  const document = readDocument(snapshot.text, snapshot.path)
  const space = search && parseSpace(spaceText!, search.space.path, document, snapshot.path)
  if (search && space) {
    checkMethod({ method: search.method, objective, prune: false, epochs }, strategy, space)
    checkSpace(space)
  }
  const needs = space ? needsOf(strategy, space) : dataNeedsOf(strategy)
  const market = await loadMarketData(request.data, needs, request.range, barCache)
  const funding = await loadFunding(request.funding, market)
  const stamps = stampsOf(market)
  const windows = foldWindows(stamps, TIMEFRAME_MS[strategy.baseTimeframe], spans)
  const trials = { ...search!, objective, epochs, prune: false }
  const settings: SimulationSettings = {
    ...tradingSettings(trading, strategy.trading),
    decisions: hasRules(strategy) ? AS_WANTED : strategy.decisions,
  }
  const plan: WalkForwardPlan = {
    windows,
    objective,
    epochs,
    searches: space && windows.map(() => planTrials(trials, strategy, space)),
    name: strategy.name,
    timeframe: strategy.baseTimeframe,
    hasRules: hasRules(strategy),
    spans,
    market: { symbols: market.symbols },
    funding: funding.rates,
    settings,
    space,
  }
  const shared: FoldShared = {
    strategy: snapshot,
    paths: (space?.parameters ?? []).map(({ path }) => path),
    market: inSharedMemory({ symbols: market.symbols, settings: market.settings }),
    marketSha256: sha256(exactJson(market.fingerprints)),
    objective,
    trading,
    windows,
  }
  const { queue, ...asked } = request
  return {
    name: strategy.name,
    settings: {
      ...asked,
      strategy: { ...request.strategy, snapshot },
      data: market.settings,
      search: search && { ...search, space: { path: search.space.path, text: spaceText } },
      funding: funding.settings,
      queue,
    } satisfies WalkForwardRequest as unknown as Readonly<Record<string, Json>>,
    fingerprints: {
      strategy: sha256(snapshot.text),
      ...(spaceText === null ? {} : { space: sha256(spaceText) }),
      arithmetic: `${MODEL_ARITHMETIC} ${RULES_ARITHMETIC} ${SIMULATION_ARITHMETIC}`,
      'resolved settings': sha256(
        exactJson({
          windows,
          objective,
          epochs,
          search: search && { ...search, space: null },
          settings,
        }),
      ),
      ...market.fingerprints,
      ...funding.fingerprints,
    },
    sources: [
      ...[...market.settings, ...funding.settings].map(({ path }) => path),
      ...(search ? [search.space.path] : []),
    ],
    headline: headlineOf(strategy, plan, market, stamps, request),
    warnings: [
      ...warnings.map(formatProblem),
      ...editedSince(snapshot),
      ...market.warnings,
      ...funding.warnings,
      ...(plan.searches ? spaceWarnings(plan.searches[0]!) : []),
    ],
    inputs: plan,
    shared,
  }
}

function spansOf({ train, test, step, isAnchored }: WalkForwardRequest): FoldSpans {
  return {
    train: parseSpan('train', train),
    test: parseSpan('test', test),
    step: step === null ? parseSpan('test', test) : parseSpan('step', step),
    isAnchored,
  }
}

/** @throws USAGE for what cannot be walked forward */
function checkStrategy(strategy: AnyStrategy, { epochs }: WalkForwardRequest): void {
  if (hasRules(strategy)) {
    if (epochs === null) return
    throw new KtrdrError(
      'USAGE',
      'A strategy that has rules is not trained: --epochs is of no use.',
      {
        suggestions: ['Leave --epochs away.'],
      },
    )
  }
  if (!givesSignals(strategy.decisions))
    throw new KtrdrError(
      'USAGE',
      `The strategy ${strategy.name} names the state of the market and never trades: there is nothing to walk forward.`,
      { suggestions: [`ktrdr train ${strategy.name} --data FILE`] },
    )
  if (strategy.training.split.validation === 0)
    throw new KtrdrError(
      'USAGE',
      `The strategy ${strategy.name} holds nothing out for validation: no fold could tell how good it is before it trades.`,
      { suggestions: ['data_split: {train: 0.7, validation: 0.15, test: 0.15}'] },
    )
}

/** Of the decisions, those that the forecasts of a bar already are; all others belong to the one account. */
const OF_A_FOLD: ReadonlySet<unknown> = new Set(['confidence_threshold', 'cost_model'])

/** @throws USAGE for a parameter of the account that all folds trade in */
function checkSpace({ parameters }: Space): void {
  const isOfAccount = ([section, key]: Path): boolean =>
    section === 'trading' || (section === 'decisions' && !OF_A_FOLD.has(key))
  const found = parameters.find(({ path }) => isOfAccount(path))
  if (found === undefined) return
  throw new KtrdrError(
    'USAGE',
    `The space has ${pathText(found.path)}, and one account trades all folds: it cannot change from fold to fold.`,
    {
      suggestions: ['Take it out of the space.', 'ktrdr search chooses such values for all bars.'],
    },
  )
}

/** Of all bars of the range, whatever their symbol. */
function stampsOf({ symbols }: Pick<MarketData, 'symbols'>): Stamps {
  const columns = symbols.map(({ bars, from }) => bars.timestampMs.subarray(from))
  const timestampMs = columns.length === 1 ? columns[0]! : unionOfStamps(columns)
  return { length: timestampMs.length, timestampMs }
}

function headlineOf(
  strategy: AnyStrategy,
  plan: WalkForwardPlan,
  { symbols }: MarketData,
  { length, timestampMs }: Stamps,
  { queue, search }: WalkForwardRequest,
): Headline {
  const { windows, objective, settings, spans, searches } = plan
  const { train, test, step, isAnchored } = spans
  const range = formatDateRange({ firstMs: timestampMs[0], lastMs: timestampMs.at(-1) })
  const each = isAnchored
    ? `train on all bars before, ${spanWords(train)} at first`
    : `train ${spanWords(train)}`
  return [
    ['Strategy', strategy.name],
    [
      'Data',
      `${marketText(
        symbols.map(({ symbol }) => symbol),
        strategy.baseTimeframe,
      )}  ${range}  ${counted(length, 'bar')}`,
    ],
    ['Account', describeTrading(settings).join(', ')],
    [
      'Folds',
      `${counted(windows.length, 'fold')}: ${each}, test ${spanWords(test)}, every ${spanWords(step)}, ${counted(queue.workers, 'worker')}`,
    ],
    ...(search ? [['Search', searchText(search, searches![0]!, objective, plan)] as const] : []),
  ]
}

function searchText(
  { method, seed }: NonNullable<WalkForwardRequest['search']>,
  { space }: TrialPlan,
  objective: ObjectiveName,
  plan: WalkForwardPlan,
): string {
  const trials = trialsOfFold(plan)
  return `${counted(trials, 'trial')} a fold by ${method} of ${counted(space.parameters.length, 'parameter')}, objective ${objective}, seed ${seed}`
}
