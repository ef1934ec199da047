// Bars that were read from a file, as they are in memory: a million of them are there again in some 30 ms, where a CSV file
// takes ten times as long. Nothing depends on it. An entry is of one state of one file (path, size, moments of change, inode),
// has a checksum, appears whole or not at all, and may be deleted at any time; whatever is wrong with one, the file itself
// is read. Only files are kept of which nothing is to be said: no row of theirs is a problem or was mended.

import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { randomBytes } from 'node:crypto'
import { sha256 } from '../core/hash.ts'
import type { Layout } from '../core/layout.ts'
import { safetensorsParts, viewSafetensors } from '../core/safetensors.ts'
import type { NamedArray } from '../core/snapshot.ts'
import type { NamedColumns } from './bar-columns.ts'
import { BAR_COLUMNS } from './bars.ts'
import type { FileBars } from './collect-bars.ts'

/** Raise it when any file would be read to other bars than before. */
const READER = 'bars-1'
/** Fewer are read from their file in no time. */
const FEWEST_BARS = 50_000
const MOST_BYTES = 2 ** 30
/** A file may change twice within the resolution of its clock: what was changed so lately is not kept. */
const SETTLED_MS = 2000
const ENDING = '.bars'
const COLUMNS = ['timestampMs', ...BAR_COLUMNS] as const

export type BarCache = {
  readonly directory: string
  /** Of all entries together. */
  readonly mostBytes?: number
}

export function barCacheOf({ barCache }: Pick<Layout, 'barCache'>): BarCache | null {
  return barCache === null ? null : { directory: barCache }
}

/** What `read` gives, from the cache when it is there. */
export async function throughCache(
  cache: BarCache,
  path: string,
  read: () => Promise<FileBars>,
): Promise<FileBars> {
  const file = stateOf(path)
  if (!file) return read()
  const entry = join(cache.directory, `${file.key}${ENDING}`)
  const kept = orNothing(() => load(entry, file))
  if (kept) return kept
  const bars = await read()
  if (bars.isSpotless && bars.bars.length >= FEWEST_BARS && stateOf(path)?.state === file.state)
    orNothing(() => store(cache, entry, file, bars))
  return bars
}

type FileState = {
  readonly state: string
  readonly changedMs: number
  /** Of the path, and of the state. */
  readonly key: string
}

function stateOf(path: string): FileState | undefined {
  return orNothing(() => {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    const state = [READER, resolve(path), dev, ino, size, mtimeNs, ctimeNs].join('\n')
    const key = `${sha256(resolve(path)).slice(0, 32)}-${sha256(state).slice(0, 32)}`
    return { state, changedMs: Number(mtimeNs / 1_000_000n), key }
  })
}

/** A cache that cannot be used is none. */
function orNothing<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

function load(entry: string, { state }: FileState): FileBars | undefined {
  const bytes = readWhole(entry)
  const content = bytes.subarray(0, -CHECKSUM_BYTES)
  if (!equal(bytes.subarray(-CHECKSUM_BYTES), checksumOf([content]))) return undefined
  const { metadata, arrays } = viewSafetensors(content)
  if (metadata['state'] !== state) return undefined
  const named = new Map(arrays.map((array) => [array.name, array.data]))
  const column = (name: string): Float64Array => named.get(name) as Float64Array
  const [timestampMs, open, high, low, close, volume] = COLUMNS.map(column)
  const { length } = timestampMs!
  const lines = named.get('lines') as Int32Array | undefined
  const firstLine = Number(metadata['firstLine'])
  return {
    bars: {
      length,
      timestampMs: timestampMs!,
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      volume: volume!,
    },
    lines: lines ?? new Int32Array(length).map((_, bar) => firstLine + bar),
    columns: JSON.parse(metadata['columns']!) as NamedColumns,
    negativeVolumes: 0,
    isSpotless: true,
  }
}

function readWhole(path: string): Uint8Array<ArrayBuffer> {
  const fd = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(fstatSync(fd).size)
    for (let at = 0; at < bytes.length;) {
      const count = readSync(fd, bytes, at, bytes.length - at, at)
      if (count === 0) throw new Error('the entry has become shorter')
      at += count
    }
    return bytes
  } finally {
    closeSync(fd)
  }
}

function store(cache: BarCache, entry: string, file: FileState, read: FileBars): void {
  const { directory, mostBytes = MOST_BYTES } = cache
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const beside = join(directory, `.${randomBytes(6).toString('hex')}.tmp`)
  const fd = openSync(beside, 'wx', 0o600)
  try {
    try {
      // Both moments are the file system's: no other clock is asked.
      if (fstatSync(fd).mtimeMs - file.changedMs < SETTLED_MS) return
      for (const part of partsOf(file, read)) writeFully(fd, part)
    } finally {
      closeSync(fd)
    }
    renameSync(beside, entry)
  } finally {
    rmSync(beside, { force: true })
  }
  makeRoom(directory, entry, mostBytes)
}

function partsOf({ state }: FileState, { bars, lines, columns }: FileBars): Uint8Array[] {
  const firstLine = lines[0]!
  const areConsecutive = lines.every((line, bar) => line === firstLine + bar)
  const arrays: NamedArray[] = COLUMNS.map((name) => ({
    name,
    dtype: 'F64',
    shape: [bars.length],
    data: bars[name],
  }))
  if (!areConsecutive)
    arrays.push({ name: 'lines', dtype: 'I32', shape: [bars.length], data: lines })
  const metadata = { state, columns: JSON.stringify(columns), firstLine: String(firstLine) }
  const parts = safetensorsParts({ metadata, arrays })
  return [...parts, checksumOf(parts)]
}

/** CRC-32 of all before it ends an entry. */
const CHECKSUM_BYTES = 4

function checksumOf(parts: readonly Uint8Array[]): Uint8Array {
  const checksum = new Uint8Array(CHECKSUM_BYTES)
  const crc = parts.reduce((sum, part) => crc32(part, sum), 0)
  new DataView(checksum.buffer).setUint32(0, crc, true)
  return checksum
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function writeFully(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
}

/** Removes other states of the same file, then the oldest entries until all fit, and what a crash left behind. */
function makeRoom(directory: string, entry: string, mostBytes: number): void {
  const newest = statSync(entry)
  const samePath = entry.slice(0, entry.lastIndexOf('-'))
  const others = readdirSync(directory).flatMap((name) => {
    const path = join(directory, name)
    const found = path === entry ? undefined : orNothing(() => statSync(path))
    return found ? [{ path, mtimeMs: found.mtimeMs, size: found.size }] : []
  })
  let total = newest.size
  for (const { path, mtimeMs, size } of others.toSorted((a, b) => b.mtimeMs - a.mtimeMs)) {
    const isLeftover = !path.endsWith(ENDING) && newest.mtimeMs - mtimeMs > ABANDONED_MS
    total += size
    if (isLeftover || path.startsWith(samePath) || total > mostBytes) {
      total -= size
      orNothing(() => rmSync(path, { force: true }))
    }
  }
}

/**
 * Removes all entries, or with `dryRun` only counts them; whoever is about to read one reads the file itself.
 * @returns the bytes that are, or would be, free
 */
export function clearBarCache(directory: string, { dryRun }: { dryRun: boolean }): number {
  const sizes = (orNothing(() => readdirSync(directory)) ?? []).map((name) => {
    const path = join(directory, name)
    const size = orNothing(() => lstatSync(path).size) ?? 0
    if (!dryRun) orNothing(() => rmSync(path))
    return dryRun || !existsSync(path) ? size : 0
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** So long no write takes. */
const ABANDONED_MS = 3_600_000
