import { describe, expect, it } from 'vitest'
import { diffCheckpoints } from '../../../src/checkpoint/diff-checkpoints.ts'
import { loadCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { writeCheckpoint } from '../../../src/checkpoint/write-checkpoint.ts'
import { takeApart } from '../../../src/core/snapshot.ts'
import { listCheckpoints } from '../../../src/store/checkpoint-table.ts'
import {
  CREATED_AT_MS,
  ID,
  saveContext,
  saveOf,
  startOne,
  tempStore,
} from '../../support/temp-store.ts'

/** What differs between checkpoints of these two states. */
function diff(a: object, b: object) {
  const store = tempStore()
  startOne(store.db)
  for (const [i, state] of [a, b].entries()) {
    const snapshot = takeApart(state, { appendOnly: ['trades'] })
    const context = saveContext(store)
    writeCheckpoint(context, saveOf(i + 1, { snapshot }), CREATED_AT_MS)
  }
  const [second, first] = listCheckpoints(store.db, ID).map((row) => ({
    row,
    ...loadCheckpoint(store, row),
  }))
  return diffCheckpoints(first!, second!)
}

const tensor = (...values: number[]) => ({
  tensor: Float32Array.from(values),
  shape: [values.length],
})

describe('the difference of two checkpoints', () => {
  it('names the position, the figures and the fields that differ, and no other', () => {
    const { cursor, summary, state } = diff(
      { epoch: 1, schedule: { rate: 0.1, left: 3 }, only: true },
      { epoch: 2, schedule: { rate: 0.1, left: 2 }, note: 'x' },
    )
    expect(cursor).toEqual([{ path: 'at', a: 1, b: 2 }])
    expect(summary).toEqual([{ path: 'trainLoss', a: 1, b: 0.5 }])
    expect(state).toEqual([
      { path: 'epoch', a: 1, b: 2 },
      { path: 'schedule.left', a: 3, b: 2 },
      { path: 'only', a: true, b: undefined },
      { path: 'note', a: undefined, b: 'x' },
    ])
  })

  it('tells -0 from 0', () =>
    expect(diff({ cash: 0 }, { cash: -0 }).state).toEqual([{ path: 'cash', a: 0, b: -0 }]))

  it('measures how far arrays are apart', () => {
    const { arrays } = diff(
      { same: tensor(1, 2), w: tensor(3, 4), grown: tensor(1), gone: tensor(1), odd: tensor(1) },
      {
        same: tensor(1, 2),
        w: tensor(3, 1),
        grown: tensor(1, 1),
        odd: tensor(NaN),
        new: tensor(1),
      },
    )
    // |Δ| = 3 against ‖(3, 4)‖ = 5.
    const none = { maxDelta: null, relativeNorm: null }
    expect(arrays.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'gone', verdict: 'only-a', ...none },
      { name: 'grown', verdict: 'reshaped', ...none },
      { name: 'new', verdict: 'only-b', ...none },
      { name: 'odd', verdict: 'differs', ...none },
      { name: 'same', verdict: 'identical', maxDelta: 0, relativeNorm: 0 },
      { name: 'w', verdict: 'differs', maxDelta: 3, relativeNorm: 0.6 },
    ])
  })

  it('tells rows that were appended from rows that differ', () => {
    const column = (...values: number[]) => ({
      column: Float64Array.from(values),
      length: values.length,
    })
    const { rows } = diff(
      { trades: [{ pnl: 1 }], equity: column(1, 2, 3) },
      { trades: [{ pnl: 1 }, { pnl: 2 }], equity: column(1, 9) },
    )
    expect(rows.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'equity', rowsA: 3, rowsB: 2, same: 1 },
      { name: 'trades', rowsA: 1, rowsB: 2, same: 1 },
    ])
  })
})
