// A checkpoint as files that other programs open: a directory with `checkpoint.json` and one plain safetensors file for
// each artifact, without any codec. It appears whole and durable or not at all, and nothing is ever overwritten.

import { existsSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { KtrdrError } from '../core/errors.ts'
import { exactJson } from '../core/hash.ts'
import { encodeSafetensors } from '../core/safetensors.ts'
import type { NamedArray, Snapshot } from '../core/snapshot.ts'
import type { CheckpointRow } from '../store/checkpoint-table.ts'
import { findOperation } from '../store/operation-table.ts'
import { makeDirectory, syncDirectory, temporaryName, writeNewFile } from './durable-files.ts'
import type { Source } from './read-blobs.ts'
import { loadCheckpoint } from './read-checkpoint.ts'

/**
 * @param target the directory to make
 * @returns bytes of its files
 * @throws USAGE when there is something already; CHECKPOINT_CORRUPT, FORMAT_TOO_NEW; system errors as they are
 */
export function exportCheckpoint(source: Source, row: CheckpointRow, target: string): number {
  if (existsSync(target))
    throw new KtrdrError('USAGE', `${target} exists, and nothing is overwritten.`, {
      suggestions: ['Name a directory that does not exist.'],
    })
  const files = filesOf(source, row)
  const temporary = join(dirname(target), temporaryName(basename(target)))
  makeDirectory(temporary)
  try {
    for (const [name, bytes] of files) writeNewFile(join(temporary, name), bytes)
    syncDirectory(temporary)
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
  syncDirectory(dirname(target))
  return files.reduce((sum, [, bytes]) => sum + bytes.length, 0)
}

function filesOf(source: Source, row: CheckpointRow): [name: string, bytes: Uint8Array][] {
  const { snapshot, stateVersion } = loadCheckpoint(source, row)
  const operation = findOperation(source.db, row.operationId)
  const { operationId, seq, generation, type, cursor, summary, metric, createdAtMs } = row
  const document = {
    operationId,
    operationType: operation?.type ?? null,
    seq,
    generation,
    type,
    createdAt: new Date(createdAtMs).toISOString(),
    cursor,
    summary,
    metric,
    stateVersion,
    fingerprints: operation?.fingerprints ?? {},
    state: snapshot.json,
    rows: Object.fromEntries(
      snapshot.streams.flatMap(({ name, rows }) =>
        rows instanceof Float64Array ? [] : [[name, rows]],
      ),
    ),
  }
  const artifacts = Map.groupBy(arraysOf(snapshot), ({ name }) => name.split('.')[0]!)
  return [
    ['checkpoint.json', new TextEncoder().encode(`${exactJson(document)}\n`)],
    ...[...artifacts].map(
      ([name, arrays]) =>
        [`${name}.safetensors`, encodeSafetensors({ metadata: {}, arrays })] as [
          string,
          Uint8Array,
        ],
    ),
  ]
}

/** Columns are arrays to whoever opens the file. */
function arraysOf({ arrays, streams }: Snapshot): NamedArray[] {
  const columns = streams.flatMap(({ name, rows }) =>
    rows instanceof Float64Array
      ? [{ name, dtype: 'F64' as const, shape: [rows.length], data: rows }]
      : [],
  )
  return [...arrays, ...columns]
}
