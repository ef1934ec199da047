// The bytes of a text file, unpacked when they are gzip. Files that are no text are named for what they are.

import type { FileHandle } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { KtrdrError } from '../core/errors.ts'
import { shellWord } from '../core/shell-word.ts'
import { firstBytes, GZIP, openRegularFile, readError, startsWith } from './open-file.ts'

/** First bytes of what is often taken for CSV, and what to do about it. */
const NOT_TEXT: readonly (readonly [bytes: readonly number[], advice: string])[] = [
  [[0xff, 0xfe], 'is UTF-16 text; save it as UTF-8'],
  [[0xfe, 0xff], 'is UTF-16 text; save it as UTF-8'],
  [[0x50, 0x4b, 3, 4], 'is a zip archive or an Excel workbook; unzip it, or save the sheet as CSV'],
  [[0x50, 0x41, 0x52, 0x31], 'is a Parquet file; convert it to CSV'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'is zstd-compressed; unpack it, or compress it with gzip'],
  [[0x42, 0x5a, 0x68], 'is bzip2-compressed; unpack it, or compress it with gzip'],
  [[0xfd, 0x37, 0x7a, 0x58], 'is xz-compressed; unpack it, or compress it with gzip'],
]

/** @param share of the bytes on the disk that have been read; 0 until the first piece */
export type ReadProgress = { share: number }

/**
 * The file's text as bytes, in pieces of about `pieceBytes`; never more than a few pieces in memory. A piece is valid
 * until the next one is asked for.
 * @throws FILE_NOT_FOUND, IO_FAILED when it may not or cannot be read, DATA_INVALID when it is no text file
 */
export async function* readTextBytes(
  path: string,
  pieceBytes: number,
  progress: ReadProgress = { share: 0 },
): AsyncGenerator<Uint8Array> {
  const handle = await openRegularFile(path)
  try {
    const start = await firstBytes(handle)
    const wrong = NOT_TEXT.find(([bytes]) => startsWith(start, bytes))
    if (wrong) throw new KtrdrError('DATA_INVALID', `${path} ${wrong[1]}.`)
    const { size } = await handle.stat()
    if (!startsWith(start, GZIP)) return yield* piecesOf(handle, pieceBytes, size, progress)
    const file = handle.createReadStream({ start: 0, highWaterMark: pieceBytes, autoClose: false })
    const gunzip = createGunzip({ chunkSize: Math.max(64, pieceBytes) })
    file.on('error', (error) => gunzip.destroy(error))
    try {
      for await (const piece of withinReason(file.pipe(gunzip), path, size)) {
        progress.share = Math.min(1, file.bytesRead / size)
        yield piece
      }
    } finally {
      file.destroy()
    }
  } catch (error) {
    throw readError(path, error)
  } finally {
    await handle.close()
  }
}

/** Prices as text pack to a tenth or so; what packs to so little is made to fill memory or time. */
const MOST_UNPACKED_RATIO = 50
/** Less is no trouble whatever it was packed to. */
const HARMLESS_BYTES = 2 ** 24

/** @throws DATA_INVALID once far more comes out of a packed file than any file of prices holds */
async function* withinReason(
  pieces: AsyncIterable<Uint8Array>,
  path: string,
  packedBytes: number,
): AsyncGenerator<Uint8Array> {
  const most = Math.max(HARMLESS_BYTES, MOST_UNPACKED_RATIO * packedBytes)
  let bytes = 0
  for await (const piece of pieces) {
    bytes += piece.length
    if (bytes > most)
      throw new KtrdrError(
        'DATA_INVALID',
        `${path} unpacks to more than ${MOST_UNPACKED_RATIO} times its size, as no file of prices does.`,
        { suggestions: [`gunzip -k ${shellWord(path)}`] },
      )
    yield piece
  }
}

async function* piecesOf(
  handle: FileHandle,
  pieceBytes: number,
  size: number,
  progress: ReadProgress,
): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(pieceBytes)
  for (let at = 0; ;) {
    const { bytesRead } = await handle.read(piece, 0, pieceBytes, at)
    if (bytesRead === 0) return
    at += bytesRead
    progress.share = Math.min(1, at / size) // it may grow meanwhile
    yield piece.subarray(0, bytesRead)
  }
}
