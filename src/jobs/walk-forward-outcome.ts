// What a walk-forward comes to: one simulation of what the folds wanted, bar after bar, as a trader would have had it; the
// same figures as of a backtest; what each fold made of its own test window; and how much the best values moved.

import { finishSimulation, type SimulationResult } from '../backtest/finish-simulation.ts'
import type { Instrument } from '../backtest/instrument.ts'
import { beginSimulation, simulate } from '../backtest/simulate.ts'
import { simulationInputs, type SimulationInputs } from '../backtest/simulation-inputs.ts'
import { KtrdrError } from '../core/errors.ts'
import { sha256, type Json } from '../core/hash.ts'
import { firstBarAtOrAfter } from '../data/bars.ts'
import { pathText } from '../strategy/problems.ts'
import {
  foldFigures,
  walkForwardEfficiency,
  type FoldFigures,
} from '../walkforward/fold-figures.ts'
import type { FoldWindow } from '../walkforward/fold-windows.ts'
import { parameterStability } from '../walkforward/parameter-stability.ts'
import { spanText } from '../walkforward/span.ts'
import { stitchIntents, type FoldIntents } from '../walkforward/stitch-intents.ts'
import { backtestOutcome } from './backtest-outcome.ts'
import { foldsCsv } from './folds-csv.ts'
import { unpackIntents } from './intents-text.ts'
import type { Outcome } from './job.ts'
import type { SymbolData } from './market-data.ts'
import type { TaskResults } from './task-queue.ts'
import type { WalkForwardPlan } from './walk-forward-inputs.ts'
import { chosenTrial, reasonOf, trialsOfFold, type ChosenTrial } from './walk-forward-plan.ts'

export const FOLDS_FILE = 'folds.csv'

export type FoldRow = FoldWindow &
  FoldFigures & {
    /** From 1. */
    readonly fold: number
    /** `failed`: no trial came to anything, and the window was not traded. */
    readonly outcome: 'traded' | 'failed'
    /** That was chosen; null where nothing is searched. */
    readonly trial: number | null
    /** Of the parameters; null: failed. */
    readonly values: readonly Json[] | null
    readonly epochs: number | null
    readonly bestEpoch: number | null
    readonly valLoss: number | null
    /** On the bars that judged the fold: the validation, or, of rules, the train window. */
    readonly inSampleAnnualizedReturnRatio: number | null
    readonly inSampleSharpeRatio: number | null
    readonly reason: string | null
  }

export function finishWalkForward(plan: WalkForwardPlan, results: TaskResults): Outcome {
  const chosen = plan.windows.map((_, fold) => chosenTrial(plan, fold, results))
  if (chosen.every((one) => one === null))
    throw new KtrdrError(
      'OPERATION_FAILED',
      `None of ${chosen.length} folds came to anything: ${reasonOf(plan, 0, results)}`,
      { suggestions: ['Choose a longer --train, or a strategy that needs less.'] },
    )
  const simulation = simulationOf(plan, chosen)
  const state = beginSimulation(simulation)
  simulate(state, simulation, Infinity)
  const trials = trialsOfFold(plan)
  const result = finishSimulation(state, simulation, trials)
  const rows = chosen.map((one, fold) => rowOf(plan, results, fold, one, simulation, result))
  const outcome = backtestOutcome(simulation, result, {
    name: plan.name,
    timeframe: plan.timeframe,
    // Rules that nobody searched may have been made to fit any bar.
    isOutOfSample: plan.hasRules && plan.searches === null ? null : true,
    warnings: rows.filter(({ outcome: how }) => how === 'failed').map(failureText),
  })
  const parameters = plan.space?.parameters ?? []
  const folds = foldsCsv(
    parameters.map(({ name }) => name),
    rows,
  )
  const { train, test, step, isAnchored } = plan.spans
  const walk = {
    windows: {
      train: spanText(train),
      test: spanText(test),
      step: spanText(step),
      isAnchored,
    },
    ...(plan.searches === null
      ? {}
      : { search: { method: plan.searches[0]!.method, objective: plan.objective, trials } }),
    folds: rows,
    parameters: stabilityOf(plan, chosen),
    ...efficiencyOf(result, rows),
  }
  return {
    result: { ...outcome.result, ...walk, foldsSha256: sha256(folds) },
    bundle: {
      kind: 'walkforward',
      name: plan.name,
      variant: outcome.variant,
      manifest: {
        format: 1,
        kind: 'walkforward',
        strategy: plan.name,
        ...outcome.manifest,
        windows: walk.windows,
        folds: rows.length,
      },
      files: {
        ...outcome.files,
        'metrics.json': `${JSON.stringify({ ...outcome.figures, ...walk }, null, 2)}\n`,
        [FOLDS_FILE]: folds,
      },
    },
  }
}

/** All bars from the first test window to the last, with what the folds wanted of them. */
function simulationOf(
  plan: WalkForwardPlan,
  chosen: readonly (ChosenTrial | null)[],
): SimulationInputs {
  const instruments = plan.market.symbols.flatMap((data): Instrument[] => {
    const folds = plan.windows.flatMap((window, fold) =>
      foldIntents(data, window, chosen[fold] ?? null),
    )
    if (folds.length === 0) return []
    const intents = stitchIntents(folds)
    return [
      {
        symbol: data.symbol,
        bars: data.bars,
        firstBar: intents.from,
        endBar: intents.to,
        intentsAt: () => intents,
        funding: plan.funding.get(data.symbol),
      },
    ]
  })
  return simulationInputs(instruments, plan.settings)
}

/** None where the symbol has no bar in the window. */
function foldIntents(
  { symbol, bars }: SymbolData,
  { testFromMs, testToMs }: FoldWindow,
  chosen: ChosenTrial | null,
): FoldIntents[] {
  const from = firstBarAtOrAfter(bars, testFromMs)
  const to = firstBarAtOrAfter(bars, testToMs)
  if (from === to) return []
  const own = chosen?.result.intents.find((intents) => intents.symbol === symbol)
  return [{ from, to, intents: own ? unpackIntents(own) : null }]
}

function rowOf(
  plan: WalkForwardPlan,
  results: TaskResults,
  fold: number,
  chosen: ChosenTrial | null,
  { timeline, settings: { capital } }: SimulationInputs,
  { equity, trades, metrics: { barsPerYear } }: SimulationResult,
): FoldRow {
  const window = plan.windows[fold]!
  const { figures = {} } = chosen?.result ?? {}
  const figure = (name: string): number | null => figures[name] ?? null
  return {
    fold: fold + 1,
    ...window,
    outcome: chosen === null ? 'failed' : 'traded',
    trial: chosen === null || plan.searches === null ? null : chosen.trial,
    values: chosen && chosen.values,
    epochs: figure('epochs'),
    bestEpoch: figure('bestEpoch'),
    valLoss: figure('valLoss'),
    inSampleAnnualizedReturnRatio: figure('annualizedReturnRatio'),
    inSampleSharpeRatio: figure('sharpeRatio'),
    ...foldFigures({ timeline, equity, trades, capital, barsPerYear }, window),
    reason: chosen === null ? reasonOf(plan, fold, results) : null,
  }
}

function failureText({ fold, reason }: FoldRow): string {
  return `Fold ${fold} came to nothing and was not traded: ${reason}`
}

function stabilityOf({ space }: WalkForwardPlan, chosen: readonly (ChosenTrial | null)[]) {
  const traded = chosen.filter((one) => one !== null)
  return (space?.parameters ?? []).map(({ name, path }, i) => ({
    name,
    path: pathText(path),
    ...parameterStability(traded.map(({ values }) => values[i]!)),
  }))
}

function efficiencyOf({ metrics }: SimulationResult, rows: readonly FoldRow[]) {
  const inSample = rows.map(({ inSampleAnnualizedReturnRatio }) => inSampleAnnualizedReturnRatio)
  const known = inSample.filter((ratio) => ratio !== null)
  return {
    inSampleAnnualizedReturnRatio:
      known.length === 0 ? null : known.reduce((sum, ratio) => sum + ratio, 0) / known.length,
    walkForwardEfficiencyRatio: walkForwardEfficiency(metrics.annualizedReturnRatio, inSample),
    profitableFoldsRatio:
      rows.filter(({ totalReturnRatio }) => totalReturnRatio > 0).length / rows.length,
  }
}
