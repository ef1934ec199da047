// Making the rows of an operation again from its packs alone, all of them together, for later ones are built on earlier
// ones. What cannot come back is named with the reason. A file that is of no use is copied into quarantine.

import { passPoint } from '../core/fault.ts'
import { sha256, type Json } from '../core/hash.ts'
import { insertBlob, type BlobFacts, type Lane } from '../store/blob-table.ts'
import { insertCheckpoint } from '../store/checkpoint-table.ts'
import { inTransaction } from '../store/database.ts'
import { type OperationError } from '../store/operation-table.ts'
import { insertRebuiltOperation } from '../store/rebuilt-operation.ts'
import { insertPack } from '../store/pack-table.ts'
import { PACK_FORMAT } from './pack.ts'
import { decodePackFormat1 } from './pack-format-1.ts'
import { quarantine } from './quarantine.ts'
import type { Source } from './read-blobs.ts'
import {
  readPacks,
  reasonOf,
  type Find,
  type Pack,
  type PackFile,
  type PackOfFormat1,
} from './read-packs.ts'
import type { RecoveredCheckpoint, RecoveredOperation } from './recovery.ts'

export type RebuiltOperation = {
  readonly operationId: string
  /** Numbers of the checkpoints that are back, newest first. */
  readonly seqs: readonly number[]
  readonly lost: readonly { readonly seq: number; readonly reason: string }[]
  /** Packs that are of no use, relative to the packs directory. */
  readonly unused: readonly { readonly path: string; readonly reason: string }[]
  /** False when what it was started with is not in its packs: it can be looked at and exported, not resumed. */
  readonly isResumable: boolean
}

const REBUILT: OperationError = {
  code: 'REBUILT',
  message: 'rebuilt from packs: the record of its attempts, pins and tags is lost',
  suggestions: [],
}

/**
 * All rows of one operation, which has none, in one transaction. The caller holds its lock.
 * @param unknownPolicy when to save, of an operation whose packs do not tell
 */
export function rebuildOperation(
  source: Source,
  operationId: string,
  unknownPolicy: Json,
  nowMs: number,
): RebuiltOperation {
  const { db, layout } = source
  const { packs, old, find, unreadable } = readPacks(source, operationId)
  const heads = [...packs, ...old].map(({ head }) => head)
  const operation = operationOf(operationId, packs, old, unknownPolicy)
  if (!operation) return { operationId, seqs: [], lost: [], unused: unreadable, isResumable: false }

  const lost: { seq: number; reason: string }[] = []
  const usedPaths = new Set<string>()
  const seqs: number[] = []
  inTransaction(db, () => {
    passPoint('rebuild.in-transaction')
    insertRebuiltOperation(db, {
      ...operation,
      status: 'failed',
      generation: Math.max(...heads.map(({ generation }) => generation)),
      lastSeq: Math.max(...heads.map(({ seq }) => seq)),
      error: REBUILT,
      result: null,
      endedAtMs: nowMs,
    })
    const store = blobStore(source, operationId, [...packs, ...old], find, nowMs, usedPaths)
    for (const checkpoint of newestRecords(packs)) {
      const reason = whyLost(checkpoint, find)
      if (reason === null) {
        insertRecovered(source, operationId, checkpoint, packs, store)
        seqs.push(checkpoint.seq)
      } else lost.push({ seq: checkpoint.seq, reason })
    }
    for (const pack of old) {
      const reason = insertOld(source, operationId, pack, store)
      if (reason === null) seqs.push(pack.head.seq)
      else lost.push({ seq: pack.head.seq, reason })
    }
    passPoint('rebuild.before-commit')
  })
  passPoint('rebuild.after-commit')
  const idle = [...packs, ...old]
    .filter(({ path }) => !usedPaths.has(path))
    .map(({ path }) => ({ path, reason: 'no checkpoint that came back needs it' }))
  for (const { path } of [...idle, ...unreadable]) quarantine(layout, path)
  return {
    operationId,
    seqs: seqs.toSorted((a, b) => b - a),
    lost,
    unused: [...unreadable, ...idle],
    isResumable: operation.settings !== null && seqs.length > 0,
  }
}

/** As the newest pack has it. Format 1 does not say what the operation was started with. */
function operationOf(
  id: string,
  packs: readonly Pack[],
  old: readonly PackOfFormat1[],
  policy: Json,
): RecoveredOperation | undefined {
  const newest = packs
    .filter(({ recovery }) => recovery)
    .toSorted(byAge)
    .at(-1)
  if (newest) return newest.recovery!.operation
  const head = old.toSorted(byAge).at(-1)?.head
  if (!head) return undefined
  const { operationType, fingerprints, cursor, createdAtMs } = head
  return {
    id,
    type: operationType,
    name: 'unknown',
    settings: null,
    fingerprints,
    policy,
    progress: { cursor, doneRatio: 0, metrics: {} },
    createdAtMs,
  }
}

type Aged = { readonly head: { readonly generation: number; readonly seq: number } }

function byAge({ head: a }: Aged, { head: b }: Aged): number {
  return a.generation - b.generation || a.seq - b.seq
}

/** Of each number the record of the latest generation: an earlier one was never acknowledged. */
function newestRecords(packs: readonly Pack[]): RecoveredCheckpoint[] {
  const records = packs.flatMap(({ recovery }) => recovery?.checkpoints ?? [])
  const bySeq = new Map<number, RecoveredCheckpoint>()
  for (const record of records.toSorted((a, b) => a.generation - b.generation))
    bySeq.set(record.seq, record)
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq)
}

function whyLost({ lane, parts }: RecoveredCheckpoint, find: Find): string | null {
  const missing = parts.filter(({ sha256: of }) => !find(lane, of)).map(({ name }) => name)
  if (missing.length === 0) return null
  const names = [...new Set(missing)].slice(0, 3).join(', ')
  return `${names}${missing.length > 3 ? ' …' : ''}: in no pack; removed, damaged, or too large to be carried beside the database.`
}

type Stored = { readonly id: number; readonly depth: number; readonly facts: BlobFacts }
type BlobStore = {
  readonly blob: (lane: Lane, sha: string) => Stored
  readonly pack: (path: string) => number
}

/** Inserts blobs with the packs and bases that they need, each once. */
function blobStore(
  { db }: Source,
  operationId: string,
  files: readonly PackFile[],
  find: Find,
  nowMs: number,
  usedPaths: Set<string>,
): BlobStore {
  const stored = new Map<string, Stored>()
  const ids = new Map<string, number>()
  const pack = (path: string): number => {
    const known = ids.get(path)
    if (known !== undefined) return known
    const { file } = files.find((candidate) => candidate.path === path)!
    usedPaths.add(path)
    const row = { operationId, path, sizeBytes: file.length, sha256: sha256(file) }
    const id = insertPack(db, { ...row, createdAtMs: nowMs })
    ids.set(path, id)
    return id
  }
  const blob = (lane: Lane, sha: string): Stored => {
    const key = `${lane} ${sha}`
    const known = stored.get(key)
    if (known) return known
    const { lane: copyOf, facts, codec, base: baseSha, bytes, place } = find(lane, sha)!
    const base = baseSha === null ? null : blob(copyOf, baseSha)
    const depth = base ? base.depth + 1 : 0
    const encoding = { codec, baseId: base?.id ?? null, depth, sizeBytes: bytes.length }
    const id = insertBlob(
      db,
      { operationId, lane },
      { ...facts, ...encoding },
      place ? { packId: pack(place.path), offset: place.offset } : { inline: bytes },
    )
    const row = { id, depth, facts }
    stored.set(key, row)
    return row
  }
  return { blob, pack }
}

function insertRecovered(
  { db }: Source,
  operationId: string,
  { parts, ...checkpoint }: RecoveredCheckpoint,
  packs: readonly Pack[],
  { blob }: BlobStore,
): void {
  const rows = parts.map(({ name, ord, sha256: of }) => ({
    name,
    ord,
    ...blob(checkpoint.lane, of),
  }))
  const own = packs.find(
    ({ head }) => head.seq === checkpoint.seq && head.generation === checkpoint.generation,
  )
  insertCheckpoint(
    db,
    {
      ...checkpoint,
      operationId,
      format: PACK_FORMAT,
      rawBytes: rows.reduce((sum, { facts }) => sum + facts.rawBytes, 0),
      sizeBytes: own?.file.length ?? 0,
      depth: Math.max(...rows.map(({ depth }) => depth)),
    },
    rows.map(({ name, ord, id, facts }) => ({ name, ord, blobId: id, facts })),
  )
}

/** @returns why it cannot come back, or null */
function insertOld(
  { db }: Source,
  operationId: string,
  { path, file, head }: PackOfFormat1,
  { pack }: BlobStore,
): string | null {
  try {
    if (decodePackFormat1(file).stateJson === null) return 'Its state stood in the database.'
  } catch (error) {
    return reasonOf(error)
  }
  const facts: BlobFacts = {
    sha256: sha256(file),
    kind: 'pack',
    dtype: 'U8',
    shape: [file.length],
    rawBytes: file.length,
  }
  const encoding = { codec: 'raw', baseId: null, depth: 0, sizeBytes: file.length }
  const place = { packId: pack(path), offset: 0 }
  const lane = 0 // they share nothing, as packs of this format never did
  const blobId = insertBlob(db, { operationId, lane }, { ...facts, ...encoding }, place)
  const { seq, generation, type, cursor, createdAtMs } = head
  insertCheckpoint(
    db,
    {
      operationId,
      seq,
      lane,
      generation,
      type,
      cursor,
      createdAtMs,
      summary: {},
      metric: null,
      format: 1,
      stateVersion: null,
      rawBytes: file.length,
      sizeBytes: file.length,
      depth: 0,
    },
    [{ name: 'pack', ord: 0, blobId, facts }],
  )
  return null
}
