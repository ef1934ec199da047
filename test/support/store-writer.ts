// An operation that is saved and resumed by one writer after another, while its state changes in every way that a
// training, a backtest or a task may change theirs. It remembers what it has saved.

import { expect } from 'vitest'
import { compact } from '../../src/checkpoint/compact.ts'
import { loadCheckpoint, loadNewestCheckpoint } from '../../src/checkpoint/read-checkpoint.ts'
import { createSaveMemory, rememberRestored } from '../../src/checkpoint/save-memory.ts'
import { writeCheckpoint, type SaveContext } from '../../src/checkpoint/write-checkpoint.ts'
import { randomStream } from '../../src/core/rng.ts'
import {
  appendTo,
  emptyColumn,
  putTogether,
  takeApart,
  type Column,
  type Tensor,
} from '../../src/core/snapshot.ts'
import { listCheckpoints, markCheckpoint } from '../../src/store/checkpoint-table.ts'
import {
  ID,
  operationOf,
  saveContext,
  saveOf,
  startOne,
  tempStore,
  type Store,
} from './temp-store.ts'
import { remainsOf, type Remains } from './throw-away.ts'

const APPEND_ONLY = ['trades']
const WORDS = 700

type State = {
  n: number
  note: string
  readonly model: { w: Tensor; frozen: Tensor }
  best: Tensor | null
  order: Int32Array
  readonly equity: Column
  trades: { at: number; profit: number }[]
}

const numbers = randomStream(7, 'sampling')
const randomTensor = (): Tensor => ({
  tensor: Float32Array.from({ length: WORDS }, () => numbers.nextUnit()),
  shape: [7, 100],
})

function beginState(): State {
  return {
    n: 0,
    note: '',
    model: { w: randomTensor(), frozen: randomTensor() },
    best: null,
    order: new Int32Array(64),
    equity: emptyColumn(0),
    trades: [],
  }
}

/** What may happen to a state between two saves. */
export const CHANGES: Readonly<Record<string, (state: State) => void>> = {
  nothing: () => {},
  'a few weights': ({ model }) => {
    const tensor = model.w.tensor.slice()
    for (let i = 0; i < 9; i++) tensor[numbers.nextBelow(WORDS)] = numbers.nextUnit()
    model.w = { ...model.w, tensor }
  },
  'all weights a little': ({ model }) => {
    model.w = { ...model.w, tensor: model.w.tensor.map((x) => x * 1.001) }
  },
  'all weights': ({ model }) => {
    model.w = randomTensor()
  },
  'odd bits': ({ model }) => {
    const tensor = model.w.tensor.slice()
    new Uint32Array(tensor.buffer).set([0x7fc0dead, 0xff800001, 0x80000000])
    model.w = { ...model.w, tensor }
  },
  'a new best': (state) => {
    state.best = state.model.w
  },
  'the best is gone': (state) => {
    state.best = null
  },
  order: (state) => {
    state.order = state.order.map(() => numbers.nextBelow(100))
  },
  json: (state) => {
    state.n += 1 / 3
    state.note = 'x'.repeat(numbers.nextBelow(900))
  },
  'a few rows': (state) => growBy(state, 3),
  'many rows': (state) => growBy(state, 120),
}

function growBy(state: State, rows: number): void {
  for (let i = 0; i < rows; i++) appendTo(state.equity, numbers.nextUnit() - 0.5)
  for (let i = 0; i < rows; i += 3) state.trades.push({ at: i, profit: numbers.nextUnit() - 0.5 })
}

function expectFencedOff(write: () => unknown): void {
  expect(write).toThrow('taken over')
}

function expectSame(loaded: unknown, saved: unknown, what: string): void {
  expect(loaded, what).toStrictEqual(saved)
}

/** One writer after another, as an operation has them. */
export class Writer {
  readonly store: Store
  readonly saved = new Map<number, Remains>()
  readonly #rules: Pick<SaveContext, 'rules' | 'retention'>
  state = beginState()
  seq = 0
  #context: SaveContext
  #sent = new Map<string, number>()

  constructor(rules: Pick<SaveContext, 'rules' | 'retention'>) {
    this.store = tempStore()
    startOne(this.store.db)
    this.#rules = rules
    this.#context = saveContext(this.store, rules)
  }

  save(isKeyframe: boolean, isFencedOff: boolean): void {
    const seq = ++this.seq
    const snapshot = takeApart(this.state, { appendOnly: APPEND_ONLY, since: this.#sent })
    for (const { name, from, rows } of snapshot.streams) this.#sent.set(name, from + rows.length)
    const save = saveOf(seq, {
      snapshot,
      type: isKeyframe ? 'cancellation' : 'periodic',
      metric: numbers.nextUnit(),
    })
    const fence = { operationId: ID, generation: isFencedOff ? 9 : 1 }
    const write = (): number => writeCheckpoint({ ...this.#context, fence }, save, seq)
    if (isFencedOff) return expectFencedOff(write)
    write()
    this.saved.set(seq, remainsOf(this.state))
  }

  /** @param damaged numbers of newer checkpoints that cannot be used: they are marked, as a resume does */
  resume(damaged: readonly number[] = []): void {
    const { db } = this.store
    const rows = listCheckpoints(db, ID)
    const loaded = loadNewestCheckpoint(this.store, ID, rows, operationOf(db).lastSeq)
    const { snapshot } = loaded
    const memory = createSaveMemory()
    rememberRestored(memory, loaded.row.lane, loaded)
    this.#context = saveContext(this.store, { ...this.#rules, memory })
    this.#sent = new Map(snapshot.streams.map(({ name, rows: sent }) => [name, sent.length]))
    this.state = putTogether<State>(snapshot)
    for (const { row, reason } of loaded.damaged) markCheckpoint(db, row!.id, { damage: reason })
    const saved = { damaged, remains: this.saved.get(loaded.row.seq) }
    const passedOver = loaded.damaged.map(({ seq }) => seq)
    expectSame({ damaged: passedOver, remains: remainsOf(this.state) }, saved, 'resumed')
  }

  /** @param keepDeltas as gc does */
  compact(keepDeltas: boolean): void {
    const { rules } = this.#rules
    compact(this.store, operationOf(this.store.db), rules, { keepDeltas }, this.seq)
  }

  expectAllLoad(): void {
    for (const row of listCheckpoints(this.store.db, ID)) {
      const { snapshot } = loadCheckpoint(this.store, row)
      expectSame(remainsOf(putTogether(snapshot)), this.saved.get(row.seq), `#${row.seq}`)
    }
  }
}
