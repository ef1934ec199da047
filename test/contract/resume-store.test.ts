import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CODEC_CHOICES } from '../../src/checkpoint/codecs/codec.ts'
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
import { listBlobsOf } from '../../src/store/blob-table.ts'
import { listCheckpoints } from '../../src/store/checkpoint-table.ts'
import {
  ID,
  operationOf,
  saveContext,
  saveOf,
  startOne,
  tempStore,
  type Store,
} from '../support/temp-store.ts'
import { expectTidy, packCount } from '../support/tidy-store.ts'
import { remainsOf, type Remains } from '../support/throw-away.ts'

// The promise of the store: whatever is saved is what is loaded, bit for bit, through any history of changes, codecs, deltas,
// retention, failed saves and resumes; and nothing is left on the disk that no checkpoint needs.

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

/** What a training, a backtest or a task may do to its state between two saves. */
const CHANGES: Readonly<Record<string, (state: State) => void>> = {
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

type Step = { readonly changes: readonly string[]; readonly end: keyof typeof ENDS }

/** How a save may end; `resume` is a kill after it, and a new writer that goes on from what was acknowledged. */
const ENDS = {
  periodic: null,
  keyframe: null,
  fails: null,
  resume: null,
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  changes: fc.array(fc.constantFrom(...Object.keys(CHANGES)), { maxLength: 3 }),
  end: fc.constantFrom(
    ...(['periodic', 'periodic', 'periodic', 'keyframe', 'fails', 'resume'] as const),
  ),
})

const anyRules = fc.record({
  codec: fc.constantFrom(...CODEC_CHOICES),
  maxDepth: fc.constantFrom(0, 1, 2, 8),
  inlineLimitBytes: fc.constantFrom(0, 300, 1024 ** 3),
})
const anyRetention = fc.record({ keepLast: fc.integer({ min: 1, max: 6 }), keepBest: fc.nat(1) })

/** One writer after another, as an operation has them. */
class Writer {
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
    if (isFencedOff) return expect(write).toThrow('taken over')
    write()
    this.saved.set(seq, remainsOf(this.state))
  }

  resume(): void {
    const { db } = this.store
    const rows = listCheckpoints(db, ID)
    const loaded = loadNewestCheckpoint(this.store, ID, rows, operationOf(db).lastSeq)
    expect(loaded.damaged).toEqual([])
    const { snapshot } = loaded
    const memory = createSaveMemory()
    rememberRestored(memory, loaded)
    this.#context = saveContext(this.store, { ...this.#rules, memory })
    this.#sent = new Map(snapshot.streams.map(({ name, rows: sent }) => [name, sent.length]))
    this.state = putTogether<State>(snapshot)
    expect(remainsOf(this.state)).toStrictEqual(this.saved.get(loaded.row.seq))
  }

  expectAllLoad(): void {
    for (const row of listCheckpoints(this.store.db, ID)) {
      const { snapshot } = loadCheckpoint(this.store, row)
      expect(remainsOf(putTogether(snapshot)), `#${row.seq}`).toStrictEqual(this.saved.get(row.seq))
    }
  }
}

describe('a store', () => {
  it('gives back what was saved, whatever happened, and keeps nothing that nobody needs', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyRetention,
        fc.array(anyStep, { minLength: 1, maxLength: 14 }),
        (rules, retention, steps) => {
          const writer = new Writer({ rules, retention })
          for (const { changes, end } of steps) {
            for (const change of changes) CHANGES[change]!(writer.state)
            writer.save(end === 'keyframe', end === 'fails')
            if (end === 'resume') writer.resume()
            expectTidy(writer.store)
            writer.expectAllLoad()
          }
          const { db } = writer.store
          const rows = listCheckpoints(db, ID)
          expect(rows.length).toBeLessThanOrEqual(retention.keepLast + retention.keepBest)
          for (const { depth } of rows)
            expect(depth).toBeLessThanOrEqual(Math.min(rules.maxDepth, retention.keepLast - 1))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a long run', () => {
  // Rows in packs keep the packs of their saves, until they are merged (stream-log.ts).
  it.each([
    ['in the database', 1024 ** 2, 14],
    ['in packs', 0, 2 * 64 + 14],
  ])('whose rows lie %s has few blobs and packs', (_, inlineLimitBytes, maxPacks) => {
    const rules = { codec: 'auto', maxDepth: 8, inlineLimitBytes } as const
    const writer = new Writer({ rules, retention: { keepLast: 3, keepBest: 1 } })
    const { store } = writer
    let blobs = 0
    let packs = 0
    for (let i = 0; i < 250; i++) {
      CHANGES['all weights a little']!(writer.state)
      CHANGES['a few rows']!(writer.state)
      if (i % 50 === 49) CHANGES['a new best']!(writer.state)
      writer.save(false, false)
      if (i % 97 === 96) writer.resume()
      blobs = Math.max(blobs, listBlobsOf(store.db, ID).length)
      packs = Math.max(packs, packCount(store, ID))
    }
    writer.expectAllLoad()
    expectTidy(store)
    expect(blobs).toBeLessThan(300)
    expect(packs).toBeLessThanOrEqual(maxPacks)
  })
})
