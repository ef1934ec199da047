// Publishing what an operation made: a directory of files that appears whole, gets the next free version, and is
// registered in the transaction that completes the operation. A directory that stands in the way is somebody's work:
// of another data directory with the same models_dir, or of a database that is gone. Its version is skipped. Only what
// a crash left of this very operation is moved aside.

import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { invariant, systemCode } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import { sha256, type Json } from '../core/hash.ts'
import type { BundleKind, Layout } from '../core/layout.ts'
import { insertBundle, nextBundleVersion, type BundleRow } from '../store/bundle-table.ts'
import type { Sqlite } from '../store/database.ts'
import { makeDirectory, syncDirectory, temporaryName, writeNewFile } from './durable-files.ts'

export const PROVENANCE_FILE = 'provenance.json'

export type Bundle = {
  readonly kind: BundleKind
  readonly name: string
  readonly variant: string
  /** Facts for whoever opens it; `files` with their hashes is added. */
  readonly manifest: Readonly<Record<string, Json>>
  readonly files: Readonly<Record<string, Uint8Array | string>>
}

export type StagedBundle = {
  readonly bundle: Bundle
  readonly directory: string
  readonly manifestSha256: string
  readonly sizeBytes: number
}

/** Writes the files durably under a temporary name. `unhashed` files (provenance) are not part of the manifest. */
export function stageBundle(
  layout: Layout,
  operationId: string,
  bundle: Bundle,
  unhashed: Readonly<Record<string, string>>,
): StagedBundle {
  const { kind, name, variant } = bundle
  invariant(isPlain(name) && isPlain(variant), `${name}/${variant} is no place for a ${kind}`)
  const directory = join(layout.bundles[kind], name, variant, temporaryName(operationId))
  makeDirectory(directory)
  try {
    return writeBundle(directory, bundle, unhashed)
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

/** One segment of a path, and no way out of it. */
export function isPlain(segment: string): boolean {
  return /^[^/\\\0]+$/.test(segment) && !segment.startsWith('.')
}

function writeBundle(
  directory: string,
  bundle: Bundle,
  unhashed: Readonly<Record<string, string>>,
): StagedBundle {
  const files = Object.entries(bundle.files).map(
    ([name, content]) => [name, bytesOfText(content)] as const,
  )
  const manifest = bytesOfText(
    `${JSON.stringify(
      {
        ...bundle.manifest,
        files: Object.fromEntries(files.map(([name, bytes]) => [name, sha256(bytes)])),
      },
      null,
      2,
    )}\n`,
  )
  const extra = Object.entries(unhashed).map(([name, text]) => [name, bytesOfText(text)] as const)
  let sizeBytes = 0
  for (const [name, bytes] of [...files, ['manifest.json', manifest] as const, ...extra]) {
    writeNewFile(join(directory, name), bytes)
    sizeBytes += bytes.length
  }
  syncDirectory(directory)
  passPoint('complete.files-written')
  return { bundle, directory, manifestSha256: sha256(manifest), sizeBytes }
}

/** Gives a staged bundle its version and its final name. Call inside the completing transaction. */
export function publishBundle(
  db: Sqlite,
  layout: Layout,
  operationId: string,
  { bundle, directory, manifestSha256, sizeBytes }: StagedBundle,
  nowMs: number,
): BundleRow {
  const { kind, name, variant } = bundle
  const parent = dirname(directory)
  let version = nextBundleVersion(db, kind, name, variant)
  while (!moveTo(join(parent, `v${version}`), directory, operationId)) version++
  const path = join(name, variant, `v${version}`)
  syncDirectory(parent)
  passPoint('complete.after-rename')
  const row: BundleRow = {
    operationId,
    kind,
    name,
    variant,
    version,
    path,
    sha256: manifestSha256,
    sizeBytes,
    createdAtMs: nowMs,
  }
  insertBundle(db, row)
  return row
}

/** False when the name is taken. */
function moveTo(target: string, directory: string, operationId: string): boolean {
  if (publisherOf(target) === operationId)
    renameSync(target, join(dirname(target), temporaryName(operationId)))
  if (existsSync(target)) return false
  try {
    renameSync(directory, target)
    return true
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) return false // since a moment ago
    throw error
  }
}

/**
 * Removes a bundle whose row is gone: first out of sight, under a name that a sweep knows, then for good.
 * @returns false when it is not there, or is somebody else's by now
 */
export function removeBundle(directory: string, operationId: string): boolean {
  if (publisherOf(directory) !== operationId) return false
  const aside = join(dirname(directory), temporaryName(operationId))
  renameSync(directory, aside)
  syncDirectory(dirname(aside))
  passPoint('model.after-rename')
  rmSync(aside, { recursive: true, force: true })
  return true
}

/** The operation that made a bundle, as its provenance says; undefined when it says nothing. */
export function publisherOf(directory: string): string | undefined {
  try {
    const text = readFileSync(join(directory, PROVENANCE_FILE), 'utf8')
    const { operationId } = JSON.parse(text) as { operationId?: unknown }
    return typeof operationId === 'string' ? operationId : undefined
  } catch {
    return undefined
  }
}

function bytesOfText(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}
