import { describe, expect, it } from 'vitest'
import type { Cell, CellStep, CellWeights } from '../../../../src/neural/reference/cell.ts'
import { gruStep } from '../../../../src/neural/reference/gru.ts'
import { lstmStep } from '../../../../src/neural/reference/lstm.ts'
import type { Parameter } from '../../../../src/neural/reference/parameters.ts'

// Reference: one step of torch.nn.LSTMCell and torch.nn.GRUCell (torch 2.6) on the weights below.

const X = Float32Array.of(0.5, -0.25)
const HIDDEN = Float32Array.of(0.1, -0.2)
const CELL = Float32Array.of(0.3, 0.05)
const W = [-0.2, -0.1, 0, 0.1, 0.2, -0.2, -0.1, 0, 0.1, 0.2, -0.2, -0.1, 0, 0.1, 0.2, -0.2]
const U = [0.1, 0.05, 0, -0.05, -0.1, 0.1, 0.05, 0, -0.05, -0.1, 0.1, 0.05, 0, -0.05, -0.1, 0.1]

const parameter = (name: string, values: readonly number[], rowLength: number): Parameter => ({
  name,
  shape: [values.length / rowLength, rowLength],
  data: Float32Array.from(values),
  gradient: new Float32Array(values.length),
  slots: {},
  rowLength,
})

const weightsOf = (gateRows: number): CellWeights => {
  const numbers = Array.from({ length: gateRows }, (_, i) => i)
  return {
    inputWeight: parameter('weight_ih', W.slice(0, 2 * gateRows), 2),
    hiddenWeight: parameter('weight_hh', U.slice(0, 2 * gateRows), 2),
    inputBias: parameter(
      'bias_ih',
      numbers.map((i) => 0.01 * i),
      1,
    ),
    hiddenBias: parameter(
      'bias_hh',
      numbers.map((i) => -0.02 * i),
      1,
    ),
  }
}

const step = (cell: Cell, gateRows: number, rows = 1): CellStep => {
  const repeat = (values: Float32Array): Float32Array =>
    Float32Array.from({ length: rows * 2 }, (_, i) => values[i % 2]!)
  const before: CellStep = {
    hidden: repeat(HIDDEN),
    cell: repeat(CELL),
    backward: () => ({ dInput: new Float32Array(), dRecurrent: new Float32Array() }),
  }
  return cell(weightsOf(gateRows), repeat(X), before)
}

const near = (values: readonly number[]): unknown[] =>
  values.map((value) => expect.closeTo(value, 6) as unknown)

describe('a step of a cell', () => {
  it('LSTM: equals torch.nn.LSTMCell', () => {
    const { hidden, cell } = step(lstmStep, 8)
    expect([...cell!], 'c').toEqual(near([0.14546479, -0.0373364]))
    expect([...hidden], 'h').toEqual(near([0.06951658, -0.01912592]))
  })

  it('GRU: equals torch.nn.GRUCell', () => {
    const { hidden, cell } = step(gruStep, 6)
    expect([...hidden], 'h').toEqual(near([0.05663913, -0.13476217]))
    expect(cell, 'a GRU has no cell state').toBeNull()
  })

  it.each([
    ['LSTM', lstmStep, 8],
    ['GRU', gruStep, 6],
  ] as const)('%s: no row of a batch sees another', (_, cell, gateRows) => {
    const alone = step(cell, gateRows).hidden
    expect([...step(cell, gateRows, 3).hidden]).toEqual([...alone, ...alone, ...alone])
  })
})
