// From what was asked of a search to the plan of its trials, and what is wrong with it.

import { KtrdrError } from '../core/errors.ts'
import { counted, grouped } from '../core/text.ts'
import {
  combinationCount,
  gridPoints,
  MOST_COMBINATIONS,
  withoutGrid,
} from '../search/sample-grid.ts'
import { drawRandom } from '../search/sample-random.ts'
import { countOf, type Point, type Space } from '../search/space.ts'
import { rungEpochs } from '../search/successive-halving.ts'
import { hasRules, type RuleStrategy, type Strategy } from '../strategy/strategy.ts'
import { givesSignals } from '../trading/decision-settings.ts'
import { objectiveNamed } from './objective.ts'
import type { SearchRequest } from './search-inputs.ts'
import type { TrialPlan } from './search-plan.ts'

type AnyStrategy = Strategy | RuleStrategy

/** @throws USAGE for what does not go together */
export function checkMethod(
  {
    method,
    objective,
    prune,
    epochs,
  }: Pick<SearchRequest, 'epochs' | 'method' | 'objective' | 'prune'>,
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
  request: Pick<SearchRequest, 'epochs' | 'method' | 'objective' | 'prune' | 'seed' | 'trials'>,
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
    known: { points: new Map(), rungs: null },
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
