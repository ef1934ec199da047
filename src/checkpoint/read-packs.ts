// Reading what packs hold when the database is gone: whose they are, what they say of checkpoints, and their parts, each
// decoded and compared with its hash before it is believed, wherever a good copy of it stands.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { decodeSafetensors } from '../core/safetensors.ts'
import type { BlobFacts, Lane } from '../store/blob-table.ts'
import { decodeBytes } from './codecs/codec.ts'
import { namesIn } from './durable-files.ts'
import { hashesUnder, unsealPack } from './encryption.ts'
import { isBlob, type Hash } from './identity.ts'
import { corruptPack, decodePack, type PackHead } from './pack.ts'
import { headOfFormat1, type HeadFormat1 } from './pack-format-1.ts'
import type { Source } from './read-blobs.ts'
import { carriedBytes, decodeRecovery, type Recovery } from './recovery.ts'

export type PackFile = { readonly path: string; readonly file: Uint8Array }
export type Pack = PackFile & { readonly head: PackHead; readonly recovery: Recovery | null }
export type PackOfFormat1 = PackFile & { readonly head: HeadFormat1 }

/** Where the bytes of a blob stand, in a pack or in a recovery record. */
type Candidate = {
  readonly lane: Lane
  readonly facts: BlobFacts
  readonly codec: string
  readonly base: string | null
  readonly bytes: Uint8Array
  readonly place: { readonly path: string; readonly offset: number } | null
}

export type Found = Candidate & { readonly raw: Uint8Array }

/** Wherever a good copy stands, best in its lane. */
export type Find = (lane: Lane, sha: string) => Found | null

export type ReadPacks = {
  readonly packs: readonly Pack[]
  readonly old: readonly PackOfFormat1[]
  readonly find: Find
  /** Paths relative to the packs directory. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[]
}

/** All packs of an operation. */
export function readPacks({ layout, keys }: Source, operationId: string): ReadPacks {
  const packs: Pack[] = []
  const old: PackOfFormat1[] = []
  const candidates: Candidate[] = []
  const unreadable: { path: string; reason: string }[] = []
  for (const path of namesIn(join(layout.packs, operationId))
    .filter((name) => /^\d.*\.safetensors$/.test(name))
    .map((name) => join(operationId, name)))
    try {
      const file = new Uint8Array(readFileSync(join(layout.packs, path)))
      const plain = unsealPack(file, path, keys)
      if (isFormat1(plain)) {
        old.push({ path, file, head: ownHead(headOfFormat1(file), operationId) })
        continue
      }
      const { head, blobs, offsets, recovery } = decodePack(plain)
      const record = recovery && decodeRecovery(recovery)
      packs.push({ path, file, head: ownHead(head, operationId), recovery: record })
      for (const [i, { facts, codec, base, bytes }] of blobs.entries())
        candidates.push({
          lane: head.lane,
          facts,
          codec,
          base,
          bytes,
          place: { path, offset: offsets[i]! },
        })
      for (const one of record?.carried ?? [])
        candidates.push({
          lane: head.lane,
          facts: one.facts,
          codec: 'raw',
          base: null,
          bytes: carriedBytes(one),
          place: null,
        })
    } catch (error) {
      unreadable.push({ path, reason: reasonOf(error) })
    }
  return { packs, old, find: finder(candidates, hashesUnder(keys)), unreadable }
}

function isFormat1(file: Uint8Array): boolean {
  const { ktrdr } = decodeSafetensors(file).metadata
  return (JSON.parse(ktrdr ?? '{}') as { format?: unknown }).format === 1
}

function ownHead<Head extends { readonly operationId: string }>(
  head: Head,
  operationId: string,
): Head {
  if (head.operationId === operationId) return head
  throw corruptPack(`it belongs to ${head.operationId}`)
}

export function reasonOf(error: unknown): string {
  if (error instanceof KtrdrError) return error.message
  return `It cannot be read (${systemCode(error) ?? (error as Error).message}).`
}

/** Finds a blob that decodes to what its hash says, wherever a good copy of it stands. */
function finder(candidates: readonly Candidate[], hashes: readonly Hash[]): Find {
  const bySha = Map.groupBy(candidates, ({ facts }) => facts.sha256)
  const found = new Map<string, Found | null>()
  const find: Find = (lane, sha) => {
    const key = `${lane} ${sha}`
    const known = found.get(key)
    if (known !== undefined) return known
    found.set(key, null) // a delta is not its own base
    const copies = bySha.get(sha) ?? []
    const ownFirst = copies.toSorted((a, b) => Number(b.lane === lane) - Number(a.lane === lane))
    for (const candidate of ownFirst) {
      const raw = decoded(candidate, find, hashes)
      if (!raw) continue
      found.set(key, { ...candidate, raw })
      break
    }
    return found.get(key)!
  }
  return find
}

function decoded(
  { lane, facts, codec, base, bytes }: Candidate,
  find: Find,
  hashes: readonly Hash[],
): Uint8Array | null {
  const { dtype, rawBytes } = facts
  const baseRaw = base === null ? null : find(lane, base)?.raw
  if (baseRaw === undefined) return null
  try {
    const raw = decodeBytes(bytes, { codec, dtype, rawBytes, base: baseRaw })
    return isBlob(facts, raw, hashes) ? raw : null
  } catch {
    return null // another copy may be good
  }
}
