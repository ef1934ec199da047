// Intents as plain data, for the result of a task: base64 of bytes and of little-endian float64s. A confidence is kept
// only where something is wanted; elsewhere it is 0.

import { EXIT_SHORT, type Intents } from '../backtest/intents.ts'
import { bytesOf, typedArrayFrom } from '../core/snapshot.ts'

export type PackedIntents = {
  readonly symbol: string
  readonly from: number
  readonly to: number
  readonly bits: string
  /** Null: each is certain. */
  readonly confidence: string | null
}

/** Every union of what may be wanted; what is missing or invalid is more. */
const MOST_WANTED = 2 * EXIT_SHORT - 1

const isWanted = (bits: number): boolean => bits > 0 && bits <= MOST_WANTED

export function packIntents(
  symbol: string,
  { from, to, bits, confidence }: Intents,
): PackedIntents {
  const sure = confidence?.filter((_, i) => isWanted(bits[i]!))
  return {
    symbol,
    from,
    to,
    bits: base64(bits),
    confidence: sure ? base64(bytesOf(sure)) : null,
  }
}

export function unpackIntents({ from, to, bits: text, confidence: texts }: PackedIntents): Intents {
  const bits = Uint8Array.from(Buffer.from(text, 'base64'))
  if (texts === null) return { from, to, bits, confidence: null }
  const sure = typedArrayFrom('F64', Uint8Array.from(Buffer.from(texts, 'base64')))
  let next = 0
  const confidence = Float64Array.from(bits, (wanted) =>
    isWanted(wanted) ? Number(sure[next++]) : 0,
  )
  return { from, to, bits, confidence }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
