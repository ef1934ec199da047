// The compressors of node:zlib as the codecs use them. Expanding never makes more than it is asked for: a small stream
// that would inflate to gigabytes is stopped there.

import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflateRawSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'

export type Compressor = {
  readonly compress: (bytes: Uint8Array) => Uint8Array
  /** @throws whatever zlib throws for what is no stream of this kind, or one of more than `limit` bytes */
  readonly expand: (bytes: Uint8Array, limit: number) => Uint8Array
}

/** zlib collects its output in chunks: few large ones for much, none larger than needed by much for little. */
function chunkSize(bytes: number): number {
  return Math.min(Math.max(bytes, 16384), 1 << 20)
}

function limits(bytes: number): { maxOutputLength: number; chunkSize: number } {
  return { maxOutputLength: Math.max(bytes, 1), chunkSize: chunkSize(bytes) }
}

/** Entropy coding alone: what is left to gain where bytes are skewed but do not repeat. */
export const huffman: Compressor = {
  compress: (bytes) =>
    deflateRawSync(bytes, {
      strategy: constants.Z_HUFFMAN_ONLY,
      chunkSize: chunkSize(bytes.length),
    }),
  expand: (bytes, limit) => inflateRawSync(bytes, limits(limit)),
}

export const zstd: Compressor = {
  compress: (bytes) =>
    zstdCompressSync(bytes, {
      params: { [constants.ZSTD_c_compressionLevel]: 1 },
      pledgedSrcSize: bytes.length,
      chunkSize: chunkSize(bytes.length),
    }),
  expand: (bytes, limit) => zstdDecompressSync(bytes, limits(limit)),
}

export const gzip: Compressor = {
  compress: (bytes) => gzipSync(bytes, { level: 6, chunkSize: chunkSize(bytes.length) }),
  expand: (bytes, limit) => gunzipSync(bytes, limits(limit)),
}

export const brotli: Compressor = {
  compress: (bytes) =>
    brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 5,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
      chunkSize: chunkSize(bytes.length),
    }),
  expand: (bytes, limit) => brotliDecompressSync(bytes, limits(limit)),
}
