import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  insertBundle,
  listBundles,
  nextBundleVersion,
  type BundleRow,
} from '../../../src/store/bundle-table.ts'
import type { Sqlite } from '../../../src/store/database.ts'
import { ID, startOne, tempStore } from '../../support/temp-store.ts'

const ROW: BundleRow = {
  operationId: ID,
  kind: 'model',
  name: 'pullback',
  variant: 'SPY_1d',
  version: 1,
  path: 'pullback/SPY_1d/v1',
  sha256: 'aa',
  sizeBytes: 10,
  createdAtMs: 5,
}

function publish(db: Sqlite, changes: Partial<BundleRow>): BundleRow {
  const { kind, name, variant } = { ...ROW, ...changes }
  const row = { ...ROW, ...changes, version: nextBundleVersion(db, kind, name, variant) }
  insertBundle(db, row)
  return row
}

describe('versions of a bundle', () => {
  it('are 1, 2, 3 … without a gap, for each kind, name and variant on its own', () => {
    const anyName = fc.record({
      kind: fc.constantFrom('model' as const, 'backtest' as const),
      name: fc.constantFrom('pullback', 'breakout'),
      variant: fc.constantFrom('SPY_1d', 'SPY_1h'),
    })
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 30 }), (names) => {
        const { db } = tempStore()
        startOne(db)
        const versions: Record<string, number[]> = {}
        for (const name of names)
          (versions[Object.values(name).join()] ??= []).push(publish(db, name).version)
        for (const list of Object.values(versions)) expect(list).toEqual(list.map((_, i) => i + 1))
      }),
      { numRuns: 15 },
    )
  })

  it('are never given twice', () => {
    const { db } = tempStore()
    startOne(db)
    insertBundle(db, ROW)
    expect(() => insertBundle(db, ROW)).toThrow('UNIQUE')
  })
})

describe('bundles of a kind', () => {
  it('are listed newest first, whole, and without those of other kinds', () => {
    const { db } = tempStore()
    startOne(db)
    const first = publish(db, { createdAtMs: 5 })
    const second = publish(db, { createdAtMs: 9 })
    const third = publish(db, { createdAtMs: 9 })
    publish(db, { kind: 'backtest', createdAtMs: 7 })
    expect(listBundles(db, 'model')).toEqual([third, second, first])
  })
})
