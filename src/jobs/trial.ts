// One trial of a search: the strategy with other values in some places, trained and judged by its validation; or, of rules,
// traded over the bars that are not held back. Values that cannot work make a trial infeasible, which is a result like any
// other.

import { KtrdrError, type ErrorCode } from '../core/errors.ts'
import type { Json } from '../core/hash.ts'
import { boolean, fields, orNull, text, type Reader } from '../core/state-fields.ts'
import { createKernelNetwork } from '../neural/kernel/network.ts'
import type { Network } from '../neural/network.ts'
import type { Path } from '../strategy/problems.ts'
import type { TradingTerms } from '../trading/trading-terms.ts'
import {
  advanceTraining,
  batchesPerEpoch,
  beginTraining,
  isTrained,
  loopPosition,
} from '../training/train.ts'
import {
  decodeTrainingState,
  encodeTrainingState,
  type TrainingState,
} from '../training/training-state.ts'
import type { MarketData } from './market-data.ts'
import { objectiveNamed, type ObjectiveName } from './objective.ts'
import type { StrategySnapshot } from './strategy-snapshot.ts'
import { createTrainingNetwork, type Trainable } from './trainable.ts'
import {
  tradeRules,
  tradeValidation,
  type FurtherFigure,
  type TradedFigures,
} from './trial-backtest.ts'
import { tryValues, type Tried } from './try-values.ts'
import type { Work, WorkContext } from './work.ts'

/** What all trials of a search share. */
export type TrialShared = {
  readonly strategy: StrategySnapshot
  /** Places of the strategy, one a parameter. */
  readonly paths: readonly Path[]
  readonly market: Pick<MarketData, 'symbols' | 'settings'>
  readonly marketSha256: string
  readonly objective: ObjectiveName
  /** Whether a trial is traded, too, and not only trained. */
  readonly isTraded: boolean
  /** Beside those of the table of a search. */
  readonly furtherFigures: readonly FurtherFigure[]
  /** The bars end where those begin that nobody may be judged by: none of them is a test slice. */
  readonly hasNoTest: boolean
  /** What the command line says of trading. */
  readonly trading: TradingTerms
  /** Of the bars, what rules are judged by. */
  readonly judgedShare: number
}

export type TrialSettings = {
  /** One a parameter. */
  readonly values: readonly Json[]
  /** To train; null = as the strategy says. */
  readonly epochs: number | null
  /** The best validation loss after each epoch above which the trial is given up. */
  readonly pruneAbove: readonly number[]
  /** Whether the result holds the validation loss after each epoch. */
  readonly hasCurve: boolean
}

export const TRIAL_OUTCOMES = ['completed', 'pruned', 'infeasible'] as const

export type TrialResult = {
  readonly outcome: (typeof TRIAL_OUTCOMES)[number]
  /** Null: undefined, as the Sharpe ratio of no trades; or infeasible. */
  readonly objective: number | null
  readonly figures: Readonly<Record<string, number | null>>
  /** Why it is infeasible. */
  readonly reason: string | null
  readonly curve: readonly number[]
}

type Fault = { readonly code: string; readonly message: string }

type MaybeTried = Tried | { readonly kind: 'infeasible'; readonly fault: Fault }

export type TrialInputs = {
  readonly settings: TrialSettings
  readonly shared: TrialShared
  readonly tried: MaybeTried
}

export type TrialState = {
  /** Null where there is nothing to train. */
  training: TrainingState | null
  isPruned: boolean
  fault: Fault | null
}

/** Batches between two safe points, at most: few enough to be stopped soon, and many enough to cost nothing. */
const STRIDE = 32

/** What the values of a trial may be to blame for. */
const INFEASIBLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'STRATEGY_INVALID',
  'DATA_INVALID',
  'TRAINING_DIVERGED',
  'NOT_YET_SUPPORTED',
  'USAGE',
])

export const trialWork: Work<TrialInputs, TrialState> = {
  load: async (settings, context) => loadTrial(settings as unknown as TrialSettings, context),

  begin: ({ tried }) => ({
    training:
      tried.kind === 'network'
        ? beginTraining(tried.trainable.training, createTrainingNetwork(tried.trainable))
        : null,
    isPruned: false,
    fault: tried.kind === 'infeasible' ? tried.fault : null,
  }),

  isDone: ({ training, isPruned, fault }, { tried }) =>
    isPruned ||
    fault !== null ||
    training === null ||
    tried.kind !== 'network' ||
    isTrained(training, tried.trainable.training),

  advance: advanceTrial,

  encode: ({ training, isPruned, fault }) => ({
    training: training && encodeTrainingState(training),
    isPruned,
    fault,
  }),

  decode(encoded, { tried }) {
    const { training, ...rest } = encoded as { readonly training: object | null }
    return {
      ...readRest(rest, ''),
      training:
        training && tried.kind === 'network'
          ? decodeTrainingState(
              training,
              createTrainingNetwork(tried.trainable),
              batchesPerEpoch(tried.trainable.training),
            )
          : null,
    }
  },

  doneRatio({ training }, { tried }) {
    if (training === null || tried.kind !== 'network') return 1
    const { settings } = tried.trainable.training
    const batches = batchesPerEpoch(tried.trainable.training)
    return (training.epoch + training.batch / batches) / settings.epochs
  },

  metrics: ({ training }) => ({
    valLoss: training?.history.at(-1)?.valLoss ?? null,
    bestValLoss: training?.best?.valLoss ?? null,
  }),

  finish: finishTrial,

  dispose({ training }) {
    training?.network.close()
  },
}

const readRest: Reader<Pick<TrialState, 'isPruned' | 'fault'>> = fields({
  isPruned: boolean,
  fault: orNull(fields<Fault>({ code: text, message: text })),
})

function loadTrial(settings: TrialSettings, context: WorkContext): TrialInputs {
  const shared = context.shared as TrialShared
  return { settings, shared, tried: feasible(() => tryValues(settings, shared, context)) }
}

function feasible(attempt: () => Tried): MaybeTried {
  try {
    return attempt()
  } catch (error) {
    return { kind: 'infeasible', fault: faultIn(error) }
  }
}

/** @throws what is not the fault of the values */
function faultIn(error: unknown): Fault {
  if (!(error instanceof KtrdrError) || !INFEASIBLE.has(error.code)) throw error
  return { code: error.code, message: error.message }
}

/** To the end of the epoch, or some batches further. */
function advanceTrial(state: TrialState, { settings, tried }: TrialInputs): TrialState {
  const { training } = state
  if (training === null || tried.kind !== 'network') return state
  const inputs = tried.trainable.training
  const position = loopPosition(training, inputs)
  const ofEpoch = batchesPerEpoch(inputs) + 1
  const endOfEpoch = (training.epoch + 1) * ofEpoch
  try {
    advanceTraining(training, inputs, Math.min(position + STRIDE, endOfEpoch))
  } catch (error) {
    return { training: null, isPruned: false, fault: faultIn(error) }
  }
  const { epoch, batch, best } = training
  const threshold = batch === 0 ? settings.pruneAbove[epoch - 1] : undefined
  if (threshold !== undefined && best !== null && !isTrained(training, inputs))
    state.isPruned = best.valLoss > threshold
  return state
}

function finishTrial(state: TrialState, inputs: TrialInputs): Json {
  try {
    return (state.fault ? infeasible(state.fault) : judge(state, inputs)) satisfies Json
  } catch (error) {
    return infeasible(faultIn(error)) satisfies Json
  }
}

function infeasible({ message }: Fault): TrialResult {
  return { outcome: 'infeasible', objective: null, figures: {}, reason: message, curve: [] }
}

function judge({ training, isPruned }: TrialState, inputs: TrialInputs): TrialResult {
  const { settings, shared } = inputs
  const { figure } = objectiveNamed(shared.objective)
  const { isTraded } = shared
  const figures: Record<string, number | null> = {
    ...(training ? trainingFigures(training) : {}),
    ...(isTraded && !isPruned ? tradedFigures(training, inputs) : {}),
  }
  return {
    outcome: isPruned ? 'pruned' : 'completed',
    objective: figures[figure] ?? null,
    figures,
    reason: null,
    curve: settings.hasCurve ? (training?.history ?? []).map(({ valLoss }) => valLoss!) : [],
  }
}

function trainingFigures({ epoch, best }: TrainingState): Record<string, number | null> {
  return {
    valLoss: best?.valLoss ?? null,
    valAccuracy: best?.valAccuracy ?? null,
    bestEpoch: best?.epoch ?? null,
    epochs: epoch,
  }
}

function tradedFigures(
  training: TrainingState | null,
  { tried, shared }: TrialInputs,
): TradedFigures | Record<string, never> {
  const { market, trading, judgedShare, furtherFigures } = shared
  if (tried.kind === 'rules')
    return tradeRules(tried.strategy, market, trading, judgedShare, furtherFigures)
  if (tried.kind === 'infeasible' || training === null) return {}
  const { strategy, features } = tried
  const network = bestNetwork(training, tried)
  return tradeValidation(strategy, features, market, network, trading, furtherFigures)
}

/** With the weights that would become the model. */
export function bestNetwork(
  { best, network }: TrainingState,
  { trainable: { engine, shape } }: { readonly trainable: Trainable },
): Network {
  const judged = createKernelNetwork(engine(), shape)
  judged.write({ weights: best?.weights ?? network.read().weights, slots: {} })
  return judged
}
