import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CODEC_CHOICES } from '../../src/checkpoint/codecs/codec.ts'
import type { SaveRules } from '../../src/checkpoint/plan-save.ts'
import { findDamage, loadNewestCheckpoint } from '../../src/checkpoint/read-checkpoint.ts'
import type { RetentionRule } from '../../src/checkpoint/retention.ts'
import { inlineBytes, listBlobsOf } from '../../src/store/blob-table.ts'
import { listCheckpoints, type CheckpointRow } from '../../src/store/checkpoint-table.ts'
import { CHANGES, Writer } from '../support/store-writer.ts'
import { filesOf, ID, operationOf, type Store } from '../support/temp-store.ts'
import { expectTidy } from '../support/tidy-store.ts'

// The promise of the lanes: as long as two checkpoints are kept, no single damage takes them all, and a resume starts from
// the newest one that is whole; through any history of saves, failures, resumes and compactions.

type Step = {
  readonly changes: readonly string[]
  readonly end: 'periodic' | 'keyframe' | 'fails' | 'resume' | 'compact' | 'compact packs'
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  changes: fc.oneof(
    fc.constant(['a few weights']),
    fc.array(fc.constantFrom(...Object.keys(CHANGES)), { maxLength: 3 }),
  ),
  end: fc.constantFrom<Step['end']>(
    ...(['periodic', 'periodic', 'periodic', 'periodic'] as const),
    ...(['keyframe', 'fails', 'resume', 'compact', 'compact packs'] as const),
  ),
})

const anyRules: fc.Arbitrary<SaveRules> = fc.record({
  codec: fc.oneof(fc.constant('auto' as const), fc.constantFrom(...CODEC_CHOICES)),
  maxDepth: fc.constantFrom(0, 1, 8, 8),
  inlineLimitBytes: fc.constantFrom(0, 1024 ** 2),
})

/** From seven on there are deltas, from 49 on chains of eight. */
const anyRetention: fc.Arbitrary<RetentionRule> = fc.record({
  keepLast: fc.constantFrom(1, 2, 3, 7, 13, 50),
  keepBest: fc.nat(2),
})

/** Chains of eight in both lanes. */
const DEEP: [SaveRules, RetentionRule, Step[]] = [
  { codec: 'auto', maxDepth: 8, inlineLimitBytes: 0 },
  { keepLast: 50, keepBest: 0 },
  Array.from({ length: 20 }, () => ({ changes: ['a few weights'], end: 'periodic' })),
]
/** What is kept lies far apart: the newest, and the best of all. */
const APART: typeof DEEP = [DEEP[0], { keepLast: 1, keepBest: 1 }, DEEP[2]]

type Harm = { readonly what: string; readonly strike: () => void; readonly heal: () => void }

/** Each file and each inline blob of a store, struck and healed again. */
function harmsOf({ db, layout }: Store): Harm[] {
  const files = filesOf(layout)
    .filter((name) => name.startsWith('packs'))
    .map((name) => {
      const path = join(layout.root, name)
      const bytes = readFileSync(path)
      return harmOf(name, bytes, (other) => writeFileSync(path, other))
    })
  const write = db.prepare('UPDATE blob SET inline = ? WHERE id = ?')
  const inline = listBlobsOf(db, ID)
    .filter(({ packId }) => packId === null)
    .map(({ id, kind, lane }) =>
      harmOf(`${kind} ${id} of lane ${lane}`, inlineBytes(db, id)!, (other) =>
        write.run(other, id),
      ),
    )
  return [...files, ...inline]
}

function harmOf(what: string, bytes: Uint8Array, write: (bytes: Uint8Array) => unknown): Harm {
  const struck = Uint8Array.from(bytes)
  struck[struck.length >> 1]! ^= 1
  return { what, strike: () => write(struck), heal: () => write(bytes) }
}

function expectSurvives(store: Store, { what, strike, heal }: Harm): void {
  const rows = listCheckpoints(store.db, ID)
  strike()
  const whole = rows.filter((row) => findDamage(store, row) === undefined)
  expect(whole.length, `${what} spoils all ${rows.length}`).toBeGreaterThan(0)
  const { row, damaged } = loadNewestCheckpoint(store, ID, rows, operationOf(store.db).lastSeq)
  expect(row.seq, what).toBe(whole[0]!.seq)
  expect(seqsOf(damaged), what).toEqual(seqsOf(rows.filter(({ seq }) => seq > row.seq)))
  heal()
}

const seqsOf = (those: readonly Pick<CheckpointRow, 'seq'>[]): number[] =>
  those.map(({ seq }) => seq)

/** Rows that belong to two lanes. */
const NEVER: Readonly<Record<string, string>> = {
  'a blob that both lanes share': `SELECT blob_id FROM checkpoint_blob
    JOIN checkpoint ON checkpoint.id = checkpoint_id GROUP BY blob_id HAVING count(DISTINCT lane) > 1`,
  'a checkpoint of a blob of the other lane': `SELECT blob.id FROM checkpoint_blob
    JOIN checkpoint ON checkpoint.id = checkpoint_id JOIN blob ON blob.id = blob_id
    WHERE blob.lane <> checkpoint.lane`,
  'a delta on a base of the other lane': `SELECT blob.id FROM blob
    JOIN blob AS base ON base.id = blob.base_id WHERE base.lane <> blob.lane`,
  'a pack that holds blobs of both': `SELECT pack_id FROM blob WHERE pack_id IS NOT NULL
    GROUP BY pack_id HAVING count(DISTINCT lane) > 1`,
}

function expectApart({ db }: Store): void {
  for (const [what, sql] of Object.entries(NEVER)) expect(db.prepare(sql).all(), what).toEqual([])
}

function take(writer: Writer, { changes, end }: Step): void {
  for (const change of changes) CHANGES[change]!(writer.state)
  writer.save(end === 'keyframe', end === 'fails')
  if (end === 'compact' || end === 'compact packs') writer.compact(end === 'compact packs')
  if (end === 'resume' || end.startsWith('compact')) writer.resume()
}

describe('a store of which any one file, or any one blob in the database, is damaged', () => {
  it('still has a whole checkpoint when it keeps two, and a resume finds the newest', () => {
    let deepest = 0
    fc.assert(
      fc.property(
        anyRules,
        anyRetention,
        fc.array(anyStep, { minLength: 2, maxLength: 24 }),
        (rules, retention, steps) => {
          const writer = new Writer({ rules, retention })
          const { store } = writer
          for (const [i, step] of steps.entries()) {
            take(writer, step)
            expectApart(store)
            const rows = listCheckpoints(store.db, ID)
            deepest = Math.max(deepest, ...rows.map(({ depth }) => depth))
            if (rows.length < 2 || (i % 5 !== 0 && i + 1 < steps.length)) continue
            for (const harm of harmsOf(store)) expectSurvives(store, harm)
          }
          expectTidy(store)
          writer.expectAllLoad()
        },
      ),
      { numRuns: 40, examples: [DEEP, APART] },
    )
    expect(deepest, 'chains of deltas are among them').toBe(8)
  })
})

describe('a run that goes on from an older checkpoint because the newest is damaged', () => {
  it.each([2, 3])('with the last %i kept is soon as safe as before', (keepLast) => {
    const rules = { codec: 'auto', maxDepth: 8, inlineLimitBytes: 1024 ** 2 } as const
    const writer = new Writer({ rules, retention: { keepLast, keepBest: 0 } })
    const { store } = writer
    for (let i = 0; i < 4; i++) take(writer, { changes: ['a few weights'], end: 'periodic' })
    harmsOf(store)
      .find(({ what }) => what.endsWith('1-4.safetensors'))!
      .strike()
    writer.resume([4])
    take(writer, { changes: ['a few weights', 'a few rows'], end: 'periodic' })
    const rows = listCheckpoints(store.db, ID)
    expect(seqsOf(rows)).toEqual(keepLast === 2 ? [5, 3] : [5, 3, 2])
    for (const harm of harmsOf(store)) expectSurvives(store, harm)
  })
})

describe('acknowledged saves', () => {
  it('take turns, whatever failed in between', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.array(anyStep, { minLength: 1, maxLength: 16 }),
        (keepLast, steps) => {
          const rules = { codec: 'raw', maxDepth: 0, inlineLimitBytes: 0 } as const
          const writer = new Writer({ rules, retention: { keepLast, keepBest: 0 } })
          const lanes: number[] = []
          for (const step of steps) {
            take(writer, step)
            const newest = listCheckpoints(writer.store.db, ID)[0]
            if (newest?.seq === writer.seq) lanes.push(newest.lane)
          }
          expect(lanes).toEqual(lanes.map((_, i) => i % 2))
        },
      ),
      { numRuns: 40 },
    )
  })
})
