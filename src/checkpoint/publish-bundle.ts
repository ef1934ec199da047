// Publishing what an operation made: a directory of files that appears whole, gets the next version, and is registered
// in the transaction that completes the operation. The rename happens inside that transaction, whose write lock makes
// versions gapless: a directory that stands in the way has no row, so it is what a crash left of the same moment.

import { existsSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { passPoint } from '../core/fault.ts'
import { sha256, type Json } from '../core/hash.ts'
import type { BundleKind, Layout } from '../core/layout.ts'
import { insertBundle, nextBundleVersion, type BundleRow } from '../store/bundle-table.ts'
import type { Sqlite } from '../store/database.ts'
import { makeDirectory, syncDirectory, temporaryName, writeNewFile } from './durable-files.ts'

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
  const parent = join(layout.bundles[bundle.kind], bundle.name, bundle.variant)
  const directory = join(parent, temporaryName(operationId))
  makeDirectory(directory)
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
  const version = nextBundleVersion(db, kind, name, variant)
  const path = join(name, variant, `v${version}`)
  const target = join(layout.bundles[kind], path)
  const parent = dirname(target)
  if (existsSync(target)) renameSync(target, join(parent, temporaryName('leftover')))
  renameSync(directory, target)
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

function bytesOfText(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}
