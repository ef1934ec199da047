// A backtest as a job: bars and a model or signals in, trades, equity and figures out.

import { finishSimulation } from '../backtest/finish-simulation.ts'
import { beginSimulation, simulate } from '../backtest/simulate.ts'
import { decodeSimulationState1 } from '../backtest/simulation-state-1.ts'
import { decodeSimulationState, type SimulationState } from '../backtest/simulation-state.ts'
import { tradeCount } from '../backtest/trade-log.ts'
import { KtrdrError } from '../core/errors.ts'
import { loadBacktest, type BacktestJobInputs, type BacktestRequest } from './backtest-inputs.ts'
import { backtestOutcome } from './backtest-outcome.ts'
import type { Job, Outcome } from './job.ts'
import { loadRules, type RuleRequest } from './rule-inputs.ts'
import { loadSignals, type SignalRequest } from './signal-inputs.ts'

export const backtestJob: Job<BacktestJobInputs, SimulationState> = {
  type: 'backtesting',
  step: 'bar',
  stride: 4096,
  stateVersion: 2,
  oldestStateVersion: 1,
  appendOnly: ['rejections'],
  derived: [],

  load(settings, resources) {
    const request = settings as BacktestRequest | SignalRequest | RuleRequest
    if ('rules' in request) return loadRules(request, resources)
    return 'signals' in request ? loadSignals(request, resources) : loadBacktest(request, resources)
  },

  override(settings, changes) {
    const [unknown] = Object.keys(changes)
    if (unknown === undefined) return settings
    throw new KtrdrError('USAGE', `A backtest cannot change "${unknown}" when it is resumed.`)
  },

  begin: ({ simulation }) => beginSimulation(simulation),
  encode: (state) => state,
  decode: (encoded, { simulation }, version) =>
    version === 1
      ? decodeSimulationState1(encoded, simulation.instruments[0]!.firstBar)
      : decodeSimulationState(encoded),

  position: (state) => state.nextStep,
  isDone: (state, { simulation }) => state.nextStep >= simulation.timeline.length,
  advance: (state, { simulation }, until) => simulate(state, simulation, until),

  units: (state) => ({ bar: state.nextStep }),

  cursor: (state, { simulation }) => ({
    unit: 'bar',
    at: state.nextStep,
    of: simulation.timeline.length,
    within: null,
  }),

  doneRatio: (state, { simulation }) => state.nextStep / simulation.timeline.length,

  metrics: (state) => ({ equity: equityOf(state), trades: tradeCount(state.trades) }),

  summary: (state, inputs) => ({
    equity: equityOf(state),
    cash: state.cash,
    openPosition: openPosition(state, inputs),
    trades: tradeCount(state.trades),
  }),

  metric: () => null,

  finish: finishBacktest,
}

function openPosition(
  { books }: SimulationState,
  { simulation: { instruments } }: BacktestJobInputs,
): string | null {
  const held = books.flatMap(({ position }, index) => {
    if (position === null) return []
    const symbol = books.length === 1 ? '' : ` ${instruments[index]!.symbol}`
    return [`${position.side} ${Number(position.units.toPrecision(6))}${symbol}`]
  })
  return held.length === 0 ? null : held.join(', ')
}

function equityOf({ equity }: SimulationState): number | null {
  return equity.length === 0 ? null : equity.column[equity.length - 1]!
}

function finishBacktest(state: SimulationState, inputs: BacktestJobInputs): Outcome {
  const { simulation, name, source, pause } = inputs
  const result = finishSimulation(state, simulation, inputs.trials)
  pause?.()
  const outcome = backtestOutcome(simulation, result, inputs)
  const { symbol, timeframe, account } = outcome.manifest
  return {
    result: outcome.result,
    bundle: {
      kind: 'backtest',
      name,
      variant: outcome.variant,
      manifest: {
        format: 1,
        kind: 'backtest',
        strategy: name,
        symbol,
        timeframe,
        ...source,
        account,
      },
      files: {
        'metrics.json': `${JSON.stringify(outcome.figures, null, 2)}\n`,
        ...outcome.files,
      },
    },
  }
}
