// From what was asked of a search to its plan and to what all trials share: the strategy, the space, the bars.

import { readFileSync } from 'node:fs'
import { ARITHMETIC as SIMULATION_ARITHMETIC } from '../backtest/simulate.ts'
import { KtrdrError, systemCode } from '../core/errors.ts'
import type { Headline } from '../core/events.ts'
import { exactJson, sha256, type Json } from '../core/hash.ts'
import { inSharedMemory } from '../core/shared-memory.ts'
import { explainSystemError } from '../core/system-error.ts'
import { counted, grouped } from '../core/text.ts'
import { formatDateRange } from '../data/date-range.ts'
import { ARITHMETIC as RULES_ARITHMETIC } from '../rules/rule-intents.ts'
import {
  combinationCount,
  gridPoints,
  MOST_COMBINATIONS,
  withoutGrid,
} from '../search/sample-grid.ts'
import { drawRandom } from '../search/sample-random.ts'
import { countOf, type Point, type Space } from '../search/space.ts'
import { rungEpochs, rungSizes } from '../search/successive-halving.ts'
import { formatProblem, loadAnyStrategy, parseAnyStrategy } from '../strategy/load-strategy.ts'
import { parseSpace } from '../strategy/load-space.ts'
import { readDocument } from '../strategy/strategy-document.ts'
import { hasRules, type RuleStrategy, type Strategy } from '../strategy/strategy.ts'
import { givesSignals } from '../trading/decision-settings.ts'
import { describeTrading } from '../trading/describe-trading.ts'
import { tradingSettings } from '../trading/trading-settings.ts'
import type { TradingTerms } from '../trading/trading-terms.ts'
import { MODEL_ARITHMETIC } from './check-model.ts'
import { dataNeedsOf } from './data-needs.ts'
import type { Resources } from './job.ts'
import {
  loadMarketData,
  marketText,
  type DataNeeds,
  type DataRequest,
  type MarketData,
  type RangeSettings,
} from './market-data.ts'
import { objectiveNamed, type ObjectiveName } from './objective.ts'
import type { Method, TrialPlan } from './search-plan.ts'
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
    headline: headlineOf(strategy, plan, market, request),
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
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new KtrdrError('FILE_NOT_FOUND', `There is no space file ${path}.`, {
        suggestions: ['examples/search has some to begin with.'],
      })
    throw explainSystemError(error, `The space ${path} could not be read`)
  }
}

/** @throws USAGE for what does not go together */
export function checkMethod(
  {
    method,
    objective,
    prune,
    epochs,
  }: Pick<SearchRequest, 'method' | 'objective' | 'prune' | 'epochs'>,
  strategy: AnyStrategy,
  { parameters }: Space,
): void {
  const { isTraded } = objectiveNamed(objective)
  if (hasRules(strategy)) {
    if (!isTraded)
      throw refuse(`A strategy that has rules has no ${objective}.`, '--objective sharpe')
    if (method === 'halving' || prune || epochs !== null)
      throw refuse(
        `A strategy that has rules is not trained: ${method === 'halving' ? '--method halving' : prune ? '--prune' : '--epochs'} is of no use.`,
        '--method tpe',
      )
    return
  }
  if (isTraded && !givesSignals(strategy.decisions))
    throw refuse(
      `The strategy ${strategy.name} names the state of the market and never trades: it has no ${objective}.`,
      '--objective val_loss',
    )
  const searchesEpochs = parameters.some(({ path }) => path.join('.') === 'training.epochs')
  if (searchesEpochs && method === 'halving')
    throw refuse(
      'Halving decides how many epochs a trial is trained, and the space has training.epochs.',
      '--method tpe',
    )
  if (searchesEpochs && epochs !== null)
    throw refuse('--epochs says what the space has as training.epochs.', 'Leave --epochs away.')
  if (prune && method === 'halving')
    throw refuse(
      '--prune goes with the other methods: halving gives trials up by itself.',
      '--method tpe --prune',
    )
}

function refuse(message: string, suggestion: string): KtrdrError {
  return new KtrdrError('USAGE', message, { suggestions: [suggestion] })
}

export function planTrials(
  request: Pick<SearchRequest, 'method' | 'seed' | 'objective' | 'prune' | 'epochs' | 'trials'>,
  strategy: AnyStrategy,
  space: Space,
): TrialPlan {
  const { method, seed, objective, prune, epochs } = request
  const grid = method === 'grid' ? gridOf(space, request.trials) : []
  const trials = method === 'grid' ? grid.length : request.trials
  if (method !== 'grid') drawRandom(space, seed, 0) // a space that no point meets is told now
  const trained = hasRules(strategy) ? 0 : (epochs ?? strategy.training.epochs)
  return {
    space,
    method,
    trials,
    seed,
    objective,
    isPruned: prune,
    epochs,
    mostEpochs: mostEpochs(space, trained),
    grid,
    rungs: method === 'halving' ? rungEpochs(trials, trained) : [],
    points: new Map(),
  }
}

/** @throws USAGE for a grid without steps, without a feasible point, or of more than the trials */
function gridOf(space: Space, trials: number): Point[] {
  const endless = withoutGrid(space)
  if (endless.length > 0)
    throw refuse(
      `A grid needs steps, and ${endless.join(', ')} may be any number between two.`,
      `Give ${endless[0]} a step, or points: 5.`,
    )
  const combinations = combinationCount(space)
  const points = combinations > MOST_COMBINATIONS ? null : gridPoints(space)
  const count = points?.length ?? combinations
  if (count > trials)
    throw refuse(
      `The grid has ${grouped(count)} combinations, more than --trials ${trials}.`,
      points ? `--trials ${count}` : '--method tpe',
    )
  if (count === 0)
    throw refuse(
      'No combination of the grid meets the constraints of the space.',
      'Widen the ranges, or drop a constraint.',
    )
  return points!
}

/** A trial may be trained for more epochs than the strategy says. */
function mostEpochs({ parameters }: Space, usual: number): number {
  const own = parameters.find(({ path }) => path.join('.') === 'training.epochs')
  if (own === undefined) return usual
  const { range } = own
  return range.kind === 'choice' ? Math.max(...range.values.map(Number)) : range.high
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

/** Loss functions and labels of their own make losses that mean different things. */
const MEASURES: ReadonlySet<unknown> = new Set([
  'labels',
  'loss',
  'focal_gamma',
  'huber_delta',
  'data_split',
  'embargo',
])

export function spaceWarnings({ space, method, objective, trials }: TrialPlan): string[] {
  const measured = space.parameters.filter(
    ({ path }) => path[0] === 'training' && MEASURES.has(path[1]),
  )
  const isLoss = objective === 'val_loss' || objective === 'val_accuracy'
  const count = space.parameters.reduce((product, { range }) => product * countOf(range), 1)
  return [
    ...(isLoss && measured.length > 0
      ? [
          `${objective} means another thing with another ${measured.map(({ name }) => name).join(', ')}: --objective sharpe compares what is earned.`,
        ]
      : []),
    ...(method !== 'grid' && count <= trials
      ? [
          `The space has ${counted(count, 'combination')} only: --method grid tries each of them once.`,
        ]
      : []),
  ]
}

function headlineOf(
  strategy: AnyStrategy,
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
