import { describe, expect, it } from 'vitest'
import { finishSimulation } from '../../../src/backtest/finish-simulation.ts'
import { beginSimulation, simulate } from '../../../src/backtest/simulate.ts'
import { decodeSimulationState } from '../../../src/backtest/simulation-state.ts'
import { damagedStates } from '../../support/damaged-states.ts'
import { barsOf, script, SETTINGS, simulationOf } from '../../support/simulations.ts'
import { rebuild, remainsOf } from '../../support/throw-away.ts'

const inputs = simulationOf({
  bars: barsOf(Array.from({ length: 30 }, (_, i) => 100 + (i % 7))),
  firstBar: 2,
  endBar: 30,
  forecastAt: script({ 3: 'BUY', 9: 'SELL', 15: 'SELL', 20: 'BUY' }),
  settings: SETTINGS,
})

/** With a position, an order and a trade, as it comes out of a checkpoint. */
function midway(): object {
  const state = beginSimulation(inputs)
  simulate(state, inputs, 19)
  return rebuild(remainsOf(state))
}

describe('the state of a simulation', () => {
  it('goes on when all of it is there', () => {
    const straight = beginSimulation(inputs)
    simulate(straight, inputs, inputs.timeline.length)
    for (const encoded of [midway(), rebuild<object>(remainsOf(beginSimulation(inputs)))]) {
      const state = decodeSimulationState(encoded)
      simulate(state, inputs, inputs.timeline.length)
      expect(finishSimulation(state, inputs)).toEqual(finishSimulation(straight, inputs))
    }
  })

  it('is refused with a field that is gone, of another kind or unknown, and names it', () => {
    const damages = [...damagedStates(midway())]
    expect(damages.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'books.0.position.units',
        'books.0.order.closes',
        'trades',
        'equity',
      ]),
    )
    for (const { path, what, state } of damages)
      expect(() => decodeSimulationState(state), `${path} is ${what}`).toThrow(
        expect.objectContaining({
          code: 'CHECKPOINT_CORRUPT',
          exitCode: 6,
          message: expect.stringContaining(` ${path}`),
        }),
      )
  })

  it.each([
    ['no object', [], 'The state in the checkpoint is not an object.'],
    [
      'a word that is none of its set',
      { ...midway(), books: [{ position: null, order: null, lastFillBar: 'none' }] },
      'The state in the checkpoint has a field books.0.lastFillBar that is not a number.',
    ],
    [
      'a list that is none',
      { ...midway(), rejections: {} },
      'The state in the checkpoint has a field rejections that is not a list.',
    ],
  ])('is refused in a sentence: %s', (_, state, message) => {
    expect(() => decodeSimulationState(state)).toThrow(expect.objectContaining({ message }))
  })
})
