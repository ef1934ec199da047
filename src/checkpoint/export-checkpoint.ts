// A checkpoint as files that other programs open: plain safetensors with the true dtypes and no codec, and JSON.
//
//   checkpoint.json                what it is, its figures, and the state; arrays stand in it as {"$tensor": name}
//   model.safetensors …            a file for each field of the state that holds arrays: `model.layers.0.weight` is
//                                  the tensor `layers.0.weight` of model.safetensors
//   equity.safetensors …           a column is a float64 vector of its name
//
// The directory appears whole or not at all, and takes nobody's place. A target that ends in .safetensors gets all of
// the arrays in one file, by their whole names, and the JSON in its metadata.

import { linkSync, lstatSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { KtrdrError } from '../core/errors.ts'
import { exactJson, type Json } from '../core/hash.ts'
import { encodeSafetensors } from '../core/safetensors.ts'
import { type NamedArray, type Snapshot } from '../core/snapshot.ts'
import type { CheckpointRow } from '../store/checkpoint-table.ts'
import { findOperation } from '../store/operation-table.ts'
import { makeDirectory, syncDirectory, temporaryName, writeNewFile } from './durable-files.ts'
import type { Source } from './read-blobs.ts'
import { loadCheckpoint, type Restored } from './read-checkpoint.ts'

const EXPORT_FORMAT = 1
const EXTENSION = '.safetensors'

/**
 * @param target a directory, or a file that ends in .safetensors; nothing may be there
 * @returns the bytes written
 * @throws USAGE when something is there; CHECKPOINT_CORRUPT, FORMAT_TOO_NEW; system errors as they are
 */
export function exportCheckpoint(source: Source, row: CheckpointRow, target: string): number {
  const path = resolve(target)
  if (lstatSync(path, { throwIfNoEntry: false })) throw isTaken(row, target)
  const restored = loadCheckpoint(source, row)
  const arrays = arraysOf(restored.snapshot)
  const document = exactJson(documentOf(source, row, restored))
  makeDirectory(dirname(path))
  const temporary = join(dirname(path), temporaryName(basename(path)))
  try {
    const bytes = path.endsWith(EXTENSION)
      ? writeOne(temporary, document, arrays)
      : writeDirectory(temporary, document, arrays)
    if (path.endsWith(EXTENSION)) linkSync(temporary, path)
    else renameSync(temporary, path) // fails unless nothing, or an empty directory, has come meanwhile
    syncDirectory(dirname(path))
    return bytes
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

function writeOne(path: string, document: string, arrays: readonly NamedArray[]): number {
  const file = encodeSafetensors({ metadata: { checkpoint: document }, arrays })
  writeNewFile(path, file)
  return file.length
}

function writeDirectory(
  directory: string,
  document: string,
  arrays: readonly NamedArray[],
): number {
  const groups = Map.groupBy(arrays, ({ name }) => name.split('.')[0]!)
  const files = [
    ['checkpoint.json', new TextEncoder().encode(`${document}\n`)] as const,
    ...[...groups].map(([field, group]) => {
      const members = group.map((array) => ({ ...array, name: nameWithin(field, array.name) }))
      const file = encodeSafetensors({ metadata: { format: 'pt' }, arrays: members })
      return [`${field}${EXTENSION}`, file] as const
    }),
  ]
  makeDirectory(directory)
  for (const [name, bytes] of files) writeNewFile(join(directory, name), bytes)
  syncDirectory(directory)
  return files.reduce((sum, [, bytes]) => sum + bytes.length, 0)
}

/** `layers.0.weight` of `model.layers.0.weight`; an array that is the field itself keeps its name. */
function nameWithin(field: string, name: string): string {
  return name === field ? name : name.slice(field.length + 1)
}

function arraysOf({ arrays, streams }: Snapshot): NamedArray[] {
  const columns = streams.flatMap(({ name, rows }) =>
    rows instanceof Float64Array
      ? [{ name, dtype: 'F64' as const, shape: [rows.length], data: rows }]
      : [],
  )
  return [...arrays, ...columns]
}

function documentOf(
  { db }: Source,
  row: CheckpointRow,
  { snapshot, stateVersion }: Restored,
): Json {
  const operation = findOperation(db, row.operationId)!
  const lists = new Map(snapshot.streams.map(({ name, rows }) => [name, rows]))
  const withRows = (json: Json): Json => {
    if (json === null || typeof json !== 'object') return json
    if (Array.isArray(json)) return json.map(withRows)
    const value = json as { readonly [key: string]: Json }
    const rows = '$rows' in value ? lists.get(String(value['$rows'])) : undefined
    if (rows !== undefined) return rows as readonly Json[]
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withRows(item)]))
  }
  const { operationId, seq, generation, type, cursor, summary, metric, createdAtMs, tag, note } =
    row
  return {
    format: EXPORT_FORMAT,
    operation: {
      operationId,
      type: operation.type,
      name: operation.name,
      settings: operation.settings,
      fingerprints: operation.fingerprints,
    },
    checkpoint: {
      seq,
      generation,
      type,
      createdAt: new Date(createdAtMs).toISOString(),
      cursor,
      metric,
      tag,
      note,
    },
    summary,
    stateVersion,
    state: withRows(snapshot.json),
  }
}

function isTaken({ operationId, seq }: CheckpointRow, target: string): KtrdrError {
  return new KtrdrError('USAGE', `${target} is there already; an export overwrites nothing.`, {
    suggestions: [`ktrdr checkpoints export ${operationId}@${seq} ANOTHER_NAME`],
  })
}
