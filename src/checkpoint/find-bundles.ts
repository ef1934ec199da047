// Published models and results as their directories tell of them, for a database that has lost its records. What a
// bundle is stands in its manifest, whose it is in its provenance; a file that is not the one of the manifest is told.

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sha256, type Json } from '../core/hash.ts'
import { isOperationId } from '../core/ids.ts'
import { BUNDLE_KINDS, type BundleKind, type Layout } from '../core/layout.ts'
import type { BundleRow } from '../store/bundle-table.ts'
import { namesIn } from './durable-files.ts'
import { isPlain, PROVENANCE_FILE } from './publish-bundle.ts'

export type FoundBundle = BundleRow & { readonly manifest: Readonly<Record<string, Json>> }

export type FoundBundles = {
  readonly bundles: readonly FoundBundle[]
  readonly unusable: readonly { readonly path: string; readonly reason: string }[]
}

export function findBundles(layout: Layout): FoundBundles {
  const bundles: FoundBundle[] = []
  const unusable: { path: string; reason: string }[] = []
  for (const kind of BUNDLE_KINDS)
    for (const [name, variant, version] of versionsIn(layout.bundles[kind]))
      try {
        bundles.push(readBundle(layout, kind, name, variant, version))
      } catch (error) {
        const path = join(layout.bundles[kind], name, variant, `v${version}`)
        unusable.push({ path, reason: (error as Error).message })
      }
  return { bundles, unusable }
}

/** Name, variant, version of each directory <name>/<variant>/v<N>. */
export function versionsIn(root: string): [string, string, number][] {
  return namesIn(root).flatMap((name) =>
    namesIn(join(root, name)).flatMap((variant) =>
      namesIn(join(root, name, variant))
        .filter((entry) => /^v[1-9]\d*$/.test(entry))
        .map((entry): [string, string, number] => [name, variant, Number(entry.slice(1))])
        .toSorted(([, , a], [, , b]) => a - b),
    ),
  )
}

/** @throws when it is not a bundle, or not as it was published */
function readBundle(
  layout: Layout,
  kind: BundleKind,
  name: string,
  variant: string,
  version: number,
): FoundBundle {
  const path = join(name, variant, `v${version}`)
  const directory = join(layout.bundles[kind], path)
  const bytes = readFileSync(join(directory, 'manifest.json'))
  const manifest = JSON.parse(bytes.toString()) as Record<string, Json>
  const files = Object.entries((manifest['files'] ?? {}) as Record<string, string>)
  for (const [file] of files)
    if (!isPlain(file)) throw new Error(`manifest.json names ${file}, which is no file of it`)
  for (const [file, expected] of files)
    if (sha256(readFileSync(join(directory, file))) !== expected)
      throw new Error(`${file} is not the file that was published`)
  const provenance = JSON.parse(readFileSync(join(directory, PROVENANCE_FILE), 'utf8')) as {
    readonly operationId?: unknown
    readonly startedAt?: unknown
  }
  const operationId = String(provenance.operationId)
  if (!isOperationId(operationId)) throw new Error(`${PROVENANCE_FILE} names no operation`)
  const names = [...files.map(([file]) => file), 'manifest.json', PROVENANCE_FILE]
  return {
    operationId,
    kind,
    name,
    variant,
    version,
    path,
    sha256: sha256(bytes),
    sizeBytes: names.reduce((sum, file) => sum + statSync(join(directory, file)).size, 0),
    createdAtMs: Date.parse(String(provenance.startedAt)) || 0,
    manifest,
  }
}
