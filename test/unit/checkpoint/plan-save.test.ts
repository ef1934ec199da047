import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { writeCheckpoint, type SaveContext } from '../../../src/checkpoint/write-checkpoint.ts'
import { CHECKPOINT_TYPES, type CheckpointType } from '../../../src/core/operation.ts'
import { putTogether, takeApart, type Tensor } from '../../../src/core/snapshot.ts'
import { DEFAULT_RULES } from '../../../src/operations/run-settings.ts'
import { listParts, storedBytes, type Part } from '../../../src/store/blob-table.ts'
import {
  listCheckpoints,
  removeCheckpoints,
  type CheckpointRow,
} from '../../../src/store/checkpoint-table.ts'
import {
  flipByte,
  ID,
  saveContext,
  saveOf,
  startOne,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'
import { expectTidy, packCount } from '../../support/tidy-store.ts'

const COUNT = 4096
const TENSOR_BYTES = 4 * COUNT

/** Weights that no codec makes much smaller; of one seed, versions differ in a few places only. */
function weights(seed: number, version = 0): Tensor {
  const tensor = Float32Array.from(
    { length: COUNT },
    (_, i) => Math.fround((i * 7919 + seed * 104729) % 10007) / 10007,
  )
  for (let i = 0; i < version; i++) tensor[i * 13] = -i
  return { tensor, shape: [COUNT] }
}

type Saver = Store & {
  readonly context: SaveContext
  /** @returns the bytes that it has added */
  readonly save: (state: object, type?: CheckpointType) => number
  readonly rows: () => CheckpointRow[]
  readonly parts: (seq: number) => Record<string, Part['blob']>
}

function saver(changes: Partial<SaveContext> = {}): Saver {
  const store = tempStore()
  startOne(store.db)
  const context = saveContext(store, changes)
  const rows = (): CheckpointRow[] => listCheckpoints(store.db, ID)
  let seq = 0
  return {
    ...store,
    context,
    rows,
    save: (state, type = 'periodic') =>
      writeCheckpoint(context, saveOf(++seq, { type, snapshot: takeApart(state) }), seq),
    parts: (of) => {
      const row = rows().find((candidate) => candidate.seq === of)!
      return Object.fromEntries(listParts(store.db, row.id).map(({ name, blob }) => [name, blob]))
    },
  }
}

const OTHER = { model: weights(99) }

/** A save between two of the same lane. */
const saveOther = (store: Saver): number => store.save(OTHER)

const packOf = ({ layout }: Store, seq: number): string =>
  join(layout.packs, ID, `1-${seq}.safetensors`)

function expectLoads(store: Saver, states: Readonly<Record<number, object>>): void {
  for (const row of store.rows())
    expect(putTogether(loadCheckpoint(store, row).snapshot), `#${row.seq}`).toStrictEqual(
      states[row.seq],
    )
}

describe('what the lane of a save has already', () => {
  it('costs no bytes: the best weights are those of an earlier save of the lane', () => {
    const store = saver()
    const states = {
      1: { model: weights(1), best: null },
      2: OTHER,
      3: { model: weights(2), best: { model: weights(1) } },
    }
    store.save(states[1])
    saveOther(store)
    const added = store.save(states[3])
    expect(store.parts(3)['best.model']!.id).toBe(store.parts(1)['model']!.id)
    expect(added).toBeLessThan(TENSOR_BYTES)
    expectLoads(store, states)
    expectTidy(store)
  })

  it('costs no bytes from the second save of a lane on when the whole state is as it was: not even a file', () => {
    const store = saver()
    const state = { model: weights(1), epoch: 3 }
    store.save(state)
    expect(store.save(state), 'each lane has its own').toBeGreaterThan(TENSOR_BYTES / 2)
    expect([store.save(state), store.save(state)]).toEqual([0, 0])
    expect(packCount(store, ID)).toBe(2)
    expect(store.rows()[0]).toMatchObject({ seq: 4, sizeBytes: 0, depth: 0 })
    expect(new Set(store.rows().map(({ rawBytes }) => rawBytes)).size).toBe(1)
    expectLoads(store, { 1: state, 2: state, 3: state, 4: state })
  })

  it('is stored once also within a save', () => {
    const store = saver()
    const state = { model: weights(1), best: weights(1), shadow: weights(1) }
    expect(store.save(state)).toBeLessThan(TENSOR_BYTES)
    expectLoads(store, { 1: state })
  })

  it('stays when the checkpoint goes that has stored it, and goes with the last that needs it', () => {
    const store = saver()
    store.save({ model: weights(1) })
    saveOther(store)
    store.save({ model: weights(2), best: weights(1) })
    const { id } = store.parts(1)['model']!
    removeCheckpoints(store.db, store.rows().slice(1), 9)
    expect(store.parts(3)['best']!.id).toBe(id)
    expectLoads(store, { 3: { model: weights(2), best: weights(1) } })
    removeCheckpoints(store.db, store.rows(), 9)
    expect(storedBytes(store.db, ID)).toBe(0)
  })

  it('of another kind, type or shape is not the same', () => {
    const store = saver()
    const bytes = Float32Array.of(1, 2)
    const state = {
      a: { tensor: bytes, shape: [2] },
      b: { tensor: bytes, shape: [1, 2] },
      c: new Int32Array(bytes.buffer),
      d: bytes,
    }
    store.save(state)
    const { a, b, c, d } = store.parts(1)
    expect(new Set([a, b, c].map((blob) => blob!.id)).size).toBe(3)
    expect(d!.id, 'an array is a tensor of one dimension').toBe(a!.id)
    expectLoads(store, { 1: state })
  })
})

describe('chains of deltas', () => {
  const grow = (store: Saver, saves: number): Record<number, object> => {
    const states: Record<number, object> = {}
    for (let seq = 1; seq <= saves; seq++) {
      states[seq] = { model: weights(1, seq), drift: weights(3, seq), epoch: seq }
      store.save(states[seq]!)
    }
    return states
  }

  it.each([
    [0, 100],
    [1, 100],
    [3, 100],
    [8, 100],
    [8, 1],
    [8, 2],
    [8, 4],
  ])(
    'of at most %i, with the last %i kept, are never longer, nor longer than what is kept',
    (maxDepth, keepLast) => {
      const retention = { keepLast, keepBest: 0 }
      const store = saver({ retention, rules: { ...DEFAULT_RULES, maxDepth } })
      const states = grow(store, 24)
      const limit = Math.min(maxDepth, keepLast - 1)
      const depths = store.rows().map(({ depth }) => depth)
      expect(Math.max(...depths)).toBeLessThanOrEqual(limit)
      if (keepLast === 100) expect(Math.max(...depths), 'they are used').toBe(limit)
      expect(packCount(store, ID)).toBeLessThanOrEqual(keepLast + limit)
      expectLoads(store, states)
      expectTidy(store)
    },
  )

  it('make a save small, the differences to the version before in its lane', () => {
    const store = saver()
    for (const version of [1, 2]) store.save({ model: weights(1, version) })
    expect(store.save({ model: weights(1, 3) })).toBeLessThan(TENSOR_BYTES / 4)
    const { model } = store.parts(3)
    expect(model).toMatchObject({ codec: 'delta-isub', depth: 1 })
    expect(model!.baseId).toBe(store.parts(1)['model']!.id)
  })

  it.each(CHECKPOINT_TYPES.filter((type) => type !== 'periodic'))(
    'get no longer by a save of type %s: what it has to store it stores whole',
    (type) => {
      const store = saver()
      const states = grow(store, 4)
      const shared = store.parts(3)['model']!
      expect(shared.depth, 'a delta').toBe(1)
      // The model is in its lane already, as a delta; what has drifted could be stored as one.
      states[5] = { model: weights(1, 3), drift: weights(3, 5), epoch: 5 }
      store.save(states[5], type)
      const { model, ...others } = store.parts(5)
      expect(model, 'stays where it lies').toEqual(shared)
      for (const blob of Object.values(others))
        expect(blob).toMatchObject({ depth: 0, baseId: null })
      expectLoads(store, states)
      expectTidy(store)
    },
  )

  it('begin anew after a resume: a writer that has just started has nothing to subtract from', () => {
    const store = saver()
    for (const version of [1, 2]) store.save({ model: weights(1, version) })
    const context = saveContext(store)
    writeCheckpoint(context, saveOf(3, { snapshot: takeApart({ model: weights(1, 3) }) }), 3)
    expect(store.parts(3)['model']!.depth).toBe(0)
  })
})

describe('a save relies on nothing that it has not read back', () => {
  const DAMAGES: [string, (store: Saver) => void][] = [
    ['has a flipped bit', (store) => flipByte(packOf(store, 1), 9000)],
    ['is missing', (store) => rmSync(packOf(store, 1))],
    ['is empty', (store) => writeFileSync(packOf(store, 1), '')],
  ]

  it.each(DAMAGES)('of a pack that %s: what it shares with it is stored anew', (_, harm) => {
    const store = saver()
    store.save({ model: weights(1), best: null })
    saveOther(store)
    harm(store)
    const state = { model: weights(2), best: weights(1) }
    expect(store.save(state)).toBeGreaterThan(TENSOR_BYTES)
    expect(putTogether(loadCheckpoint(store, store.rows()[0]!).snapshot)).toStrictEqual(state)
  })

  it.each(DAMAGES)('of a pack that %s: it is no base', (_, harm) => {
    const store = saver()
    store.save({ model: weights(1, 1) })
    saveOther(store)
    harm(store)
    const state = { model: weights(1, 2) }
    store.save(state)
    expect(store.parts(3)['model']!.depth).toBe(0)
    expect(putTogether(loadCheckpoint(store, store.rows()[0]!).snapshot)).toStrictEqual(state)
  })

  it('of a blob in the database', () => {
    const store = saver()
    const state = { model: weights(1), note: 'x'.repeat(600) }
    for (let save = 1; save <= 2; save++) store.save(state)
    store.db.exec(
      'UPDATE blob SET inline = zeroblob(octet_length(inline)) WHERE inline IS NOT NULL',
    )
    for (let save = 3; save <= 4; save++) expect(store.save(state)).toBeGreaterThan(0)
    expectLoads(store, { 1: state, 2: state, 3: state, 4: state }) // the older ones have been healed by that
  })

  it('of a base that is a delta itself and has lost its own', () => {
    const store = saver()
    for (const version of [1, 2, 3, 4]) store.save({ model: weights(1, version) })
    expect(store.parts(3)['model']!.depth).toBe(1)
    rmSync(packOf(store, 1))
    const state = { model: weights(1, 5) }
    store.save(state)
    expect(store.rows()[0]!.depth).toBe(0)
    expect(putTogether(loadCheckpoint(store, store.rows()[0]!).snapshot)).toStrictEqual(state)
  })
})

describe('where a part lies', () => {
  const state = {
    model: weights(1),
    equity: { column: Float64Array.from({ length: 3000 }, (_, i) => Math.sqrt(i)), length: 3000 },
    trades: Array.from({ length: 300 }, (_, i) => ({ at: i, profit: Math.sqrt(i) })),
    note: 'x',
  }
  it.each([
    [0, ['equity', 'model', 'state', 'trades']],
    [600, ['equity', 'model', 'trades']],
    [1024 ** 3, ['model']],
  ])('with a limit of %i bytes: in the pack are %j', (inlineLimitBytes, packed) => {
    const store = saver({ rules: { ...DEFAULT_RULES, inlineLimitBytes } })
    const snapshot = takeApart(state, { appendOnly: ['trades'] })
    writeCheckpoint(store.context, saveOf(1, { snapshot }), 1)
    const parts = Object.entries(store.parts(1))
    expect(parts.map(([name]) => name)).toEqual(['equity', 'model', 'state', 'trades'])
    expect(parts.filter(([, { packId }]) => packId !== null).map(([name]) => name)).toEqual(packed)
    expectLoads(store, { 1: state })
    expectTidy(store)
  })
})

describe('a save that has failed', () => {
  it('is forgotten, but for the rows that it brought: they are not sent again', () => {
    const store = saver()
    const [column, all] = [Float64Array.of(1, 2), Float64Array.of(1, 2, 3, 4)]
    store.save({ model: weights(1, 1), equity: { column, length: 2 } })
    const rest = (from: number, length: number) =>
      takeApart(
        { model: weights(1, length), equity: { column: all, length } },
        { since: new Map([['equity', from]]) },
      )
    const fenced = { ...store.context, fence: { operationId: ID, generation: 9 } }
    expect(() => writeCheckpoint(fenced, saveOf(2, { snapshot: rest(2, 3) }), 2)).toThrow(
      'taken over',
    )
    writeCheckpoint(store.context, saveOf(3, { snapshot: rest(3, 4) }), 3)
    expect(
      store.rows().map(({ lane }) => lane),
      'its turn is taken by the next',
    ).toEqual([1, 0])
    expect(putTogether(loadCheckpoint(store, store.rows()[0]!).snapshot)).toStrictEqual({
      model: weights(1, 4),
      equity: { column: all, length: 4 },
    })
    expectTidy(store)
  })
})
