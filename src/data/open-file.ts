// Data files as bytes: opened when they are regular files, with a sentence for each way in which they are not.

import { open, stat, type FileHandle } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { shellWord } from '../core/shell-word.ts'
import { directoryGiven, fileNotFound } from './missing-file.ts'

export const GZIP = [0x1f, 0x8b]
const PARQUET = [0x50, 0x41, 0x52, 0x31] // PAR1

export type FileFormat = 'csv' | 'csv.gz' | 'parquet'

/** @throws FILE_NOT_FOUND, IO_FAILED when it may not or cannot be read, DATA_INVALID when it is no file */
export async function openRegularFile(path: string): Promise<FileHandle> {
  try {
    const found = await stat(path) // before opening: opening a pipe would wait for its writer
    if (found.isDirectory()) throw await directoryGiven(path)
    if (!found.isFile()) throw notRegular(path, found)
    return await open(path)
  } catch (error) {
    const code = systemCode(error)
    throw code === 'ENOENT' || code === 'ENOTDIR'
      ? await fileNotFound(path)
      : readError(path, error)
  }
}

/** A run reads its files again when it is resumed, so what can be read only once is no file for it. */
function notRegular(path: string, found: Stats): KtrdrError {
  const what = found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device'
  return new KtrdrError('DATA_INVALID', `${path} is ${what}, expected a regular file.`, {
    suggestions: found.isFIFO() ? [`cat ${shellWord(path)} > bars.csv`] : [],
  })
}

/** Of its bytes, whatever its name is; what is neither gzip nor Parquet is taken for CSV. */
export async function fileFormat(path: string): Promise<FileFormat> {
  const handle = await openRegularFile(path)
  try {
    const start = await firstBytes(handle)
    return startsWith(start, PARQUET) ? 'parquet' : startsWith(start, GZIP) ? 'csv.gz' : 'csv'
  } catch (error) {
    throw readError(path, error)
  } finally {
    await handle.close()
  }
}

/** At most four. */
export async function firstBytes(handle: FileHandle): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(4), 0, 4, 0)
  return buffer.subarray(0, bytesRead)
}

export function startsWith(data: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.length <= data.length && bytes.every((byte, i) => data[i] === byte)
}

export function readError(path: string, error: unknown): KtrdrError {
  if (error instanceof KtrdrError) return error
  const code = systemCode(error) ?? 'unknown error'
  if (code.startsWith('Z_'))
    return new KtrdrError('DATA_INVALID', `${path} is damaged: its gzip data does not unpack.`, {
      suggestions: ['Copy or download the file again.'],
      cause: error,
    })
  const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code
  return new KtrdrError('IO_FAILED', `${path} cannot be read: ${why}.`, { cause: error })
}
