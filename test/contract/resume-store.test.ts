import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CODEC_CHOICES } from '../../src/checkpoint/codecs/codec.ts'
import { listBlobsOf } from '../../src/store/blob-table.ts'
import { listCheckpoints } from '../../src/store/checkpoint-table.ts'
import { CHANGES, Writer } from '../support/store-writer.ts'
import { ID } from '../support/temp-store.ts'
import { expectTidy, packCount } from '../support/tidy-store.ts'

// The promise of the store: whatever is saved is what is loaded, bit for bit, through any history of changes, codecs, deltas,
// retention, failed saves and resumes; and nothing is left on the disk that no checkpoint needs.

/** `resume` is a kill after the save, and a new writer that goes on from what was acknowledged. */
type Step = {
  readonly changes: readonly string[]
  readonly end: 'periodic' | 'keyframe' | 'fails' | 'resume'
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
    expect(blobs, 'two lanes of two streams of at most 64 segments, and a few more').toBeLessThan(
      400,
    )
    expect(packs).toBeLessThanOrEqual(maxPacks)
  })
})
