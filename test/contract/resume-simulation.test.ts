import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { finishSimulation } from '../../src/backtest/finish-simulation.ts'
import { beginSimulation, simulate } from '../../src/backtest/simulate.ts'
import type { SimulationInputs } from '../../src/backtest/simulation-inputs.ts'
import type { SimulationState } from '../../src/backtest/simulation-state.ts'
import { tradesCsv } from '../../src/backtest/trades-csv.ts'
import { exactJson, sha256 } from '../../src/core/hash.ts'
import { bytesOf, dtypeOf } from '../../src/core/snapshot.ts'
import { backtestJob } from '../../src/jobs/backtest.ts'
import { equityTextOf } from '../support/equity-text.ts'
import { anyPortfolio, portfolioOf } from '../support/portfolios.ts'
import { anySimulation, simulationOf } from '../support/simulations.ts'
import { rebuild, remainsOf } from '../support/throw-away.ts'

/** What a kill leaves: text and bytes, from which a new process builds the state anew. */
function killAndRestore(state: SimulationState): SimulationState {
  return rebuild(remainsOf(state, backtestJob))
}

/** Hashes of everything that a backtest promises to repeat. */
function promised(state: SimulationState, inputs: SimulationInputs) {
  const result = finishSimulation(state, inputs)
  return {
    equity: sha256(dtypeOf(result.equity), bytesOf(result.equity)),
    trades: exactJson(result.trades),
    metrics: exactJson(result.metrics),
    counts: exactJson({ ...result, equity: null }),
    equityCsv: equityTextOf(result, inputs),
    tradesCsv: tradesCsv(result),
  }
}

function uninterrupted(inputs: SimulationInputs) {
  const state = beginSimulation(inputs)
  simulate(state, inputs, inputs.timeline.length)
  return promised(state, inputs)
}

/** With intents in blocks of 5 bars, which a resumed run begins elsewhere. */
const anyTrade: fc.Arbitrary<SimulationInputs> = anyPortfolio.map((all) => portfolioOf(all, 5))

describe.each([
  ['of a network', anySimulation],
  ['of any portfolio under any rules of trading', anyTrade],
] as const)('a killed simulation %s resumes to the same bytes', (_, anyInputs) => {
  it('killed once, at every step', () => {
    fc.assert(
      fc.property(anyInputs, (inputs: SimulationInputs) => {
        const expected = uninterrupted(inputs)
        for (let kill = 0; kill <= inputs.timeline.length; kill++) {
          const first = beginSimulation(inputs)
          simulate(first, inputs, kill)
          expect(first.nextStep, 'returns exactly at until').toBe(kill)
          const resumed = killAndRestore(first)
          simulate(resumed, inputs, inputs.timeline.length)
          expect(promised(resumed, inputs), `killed at step ${kill}`).toEqual(expected)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('killed after every single step', () => {
    fc.assert(
      fc.property(anyInputs, (inputs: SimulationInputs) => {
        let state = killAndRestore(beginSimulation(inputs))
        for (let step = 0; step < inputs.timeline.length; step++) {
          simulate(state, inputs, step + 1)
          state = killAndRestore(state)
        }
        expect(promised(state, inputs)).toEqual(uninterrupted(inputs))
      }),
      { numRuns: 200 },
    )
  })

  it('finishing is repeatable and leaves the state alone', () => {
    fc.assert(
      fc.property(anyInputs, (inputs: SimulationInputs) => {
        const state = beginSimulation(inputs)
        simulate(state, inputs, inputs.timeline.length)
        const before = remainsOf(killAndRestore(state))
        expect(promised(state, inputs)).toEqual(promised(state, inputs))
        expect(remainsOf(state), 'not a byte of the state moved').toEqual(before)
      }),
    )
  })
})

describe('a simulation whose forecasts throw', () => {
  it('resumes from the bar before to the same bytes', () => {
    fc.assert(
      fc.property(anySimulation, fc.nat(), (inputs, pick) => {
        const broken = inputs.firstBar + (pick % (inputs.endBar - inputs.firstBar))
        const state = beginSimulation(inputs)
        const forecastAt = (bar: number) => {
          if (bar === broken) throw new Error('the kernel died')
          return inputs.forecastAt(bar)
        }
        const failing = simulationOf({ ...inputs, forecastAt })
        expect(() => simulate(state, failing, failing.timeline.length)).toThrow('kernel')
        expect(state.nextStep, 'the state is at the bar before').toBe(broken - inputs.firstBar)
        simulate(state, inputs, inputs.timeline.length)
        expect(promised(state, inputs)).toEqual(uninterrupted(inputs))
      }),
    )
  })
})
