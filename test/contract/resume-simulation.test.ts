import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  beginSimulation,
  finishSimulation,
  simulate,
  type SimulationInputs,
} from '../../src/backtest/simulate.ts'
import type { SimulationState } from '../../src/backtest/simulation-state.ts'
import { tradesCsv } from '../../src/backtest/trades-csv.ts'
import { exactJson, sha256 } from '../../src/core/hash.ts'
import { bytesOf, dtypeOf } from '../../src/core/snapshot.ts'
import { backtestJob } from '../../src/jobs/backtest.ts'
import { equityTextOf } from '../support/equity-text.ts'
import { anySimulation } from '../support/simulations.ts'
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
  simulate(state, inputs, inputs.endBar)
  return promised(state, inputs)
}

describe('a killed simulation resumes to the same bytes', () => {
  it('killed once, at every bar', () => {
    fc.assert(
      fc.property(anySimulation, (inputs) => {
        const expected = uninterrupted(inputs)
        for (let kill = inputs.firstBar; kill <= inputs.endBar; kill++) {
          const first = beginSimulation(inputs)
          simulate(first, inputs, kill)
          expect(first.nextBar, 'returns exactly at until').toBe(kill)
          const resumed = killAndRestore(first)
          simulate(resumed, inputs, inputs.endBar)
          expect(promised(resumed, inputs), `killed at bar ${kill}`).toEqual(expected)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('killed after every single bar', () => {
    fc.assert(
      fc.property(anySimulation, (inputs) => {
        let state = killAndRestore(beginSimulation(inputs))
        for (let bar = inputs.firstBar; bar < inputs.endBar; bar++) {
          simulate(state, inputs, bar + 1)
          state = killAndRestore(state)
        }
        expect(promised(state, inputs)).toEqual(uninterrupted(inputs))
      }),
      { numRuns: 200 },
    )
  })

  it('killed inside a forecast that throws', () => {
    fc.assert(
      fc.property(anySimulation, fc.nat(), (inputs, pick) => {
        const broken = inputs.firstBar + (pick % (inputs.endBar - inputs.firstBar))
        const state = beginSimulation(inputs)
        const forecastAt = (bar: number) => {
          if (bar === broken) throw new Error('the kernel died')
          return inputs.forecastAt(bar)
        }
        expect(() => simulate(state, { ...inputs, forecastAt }, inputs.endBar)).toThrow('kernel')
        expect(state.nextBar, 'the state is at the bar before').toBe(broken)
        simulate(state, inputs, inputs.endBar)
        expect(promised(state, inputs)).toEqual(uninterrupted(inputs))
      }),
    )
  })

  it('finishing is repeatable and leaves the state alone', () => {
    fc.assert(
      fc.property(anySimulation, (inputs) => {
        const state = beginSimulation(inputs)
        simulate(state, inputs, inputs.endBar)
        const before = remainsOf(killAndRestore(state))
        expect(promised(state, inputs)).toEqual(promised(state, inputs))
        expect(remainsOf(state), 'not a byte of the state moved').toEqual(before)
      }),
    )
  })
})
