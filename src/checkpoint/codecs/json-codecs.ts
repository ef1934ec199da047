// The codec `delta-json`: the compressed patch from one JSON document to the next. Most of a state's JSON is history,
// to which every epoch adds a little.

import { exactJson, type Json } from '../../core/hash.ts'
import { zstd } from './compress.ts'
import { applyJsonPatch, diffJson } from './json-delta.ts'

/** @returns null when no patch of `base` gives this very text, or none that is shorter than it */
export function encodeJsonDelta(raw: Uint8Array, base: Uint8Array): Uint8Array | null {
  try {
    const text = textOf(raw)
    const before = JSON.parse(textOf(base)) as Json
    const patch = exactJson(diffJson(before, JSON.parse(text) as Json))
    const isExact = exactJson(applyJsonPatch(before, JSON.parse(patch) as Json)) === text
    const bytes = new TextEncoder().encode(patch)
    return isExact && bytes.length < raw.length ? zstd.compress(bytes) : null
  } catch {
    return null // not JSON as we write it, or nested too deep: it is encoded without a base
  }
}

/** @throws whatever comes up when the patch is damaged */
export function decodeJsonDelta(
  encoded: Uint8Array,
  base: Uint8Array,
  rawBytes: number,
): Uint8Array {
  const patch = JSON.parse(textOf(zstd.expand(encoded, rawBytes))) as Json
  const next = applyJsonPatch(JSON.parse(textOf(base)) as Json, patch)
  return new TextEncoder().encode(exactJson(next))
}

/** @throws TypeError when the bytes are not UTF-8, of which the text would not give them back */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}
