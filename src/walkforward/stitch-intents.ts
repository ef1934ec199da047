// What the folds want of the bars of their test windows, one after the other, as if one trader had gone from each model to
// the next. Where a window is followed by bars that no fold trades, and where a fold has come to nothing, there is nobody
// to look after a position: it is closed, and nothing is opened.

import { FLAT, type Intents } from '../backtest/intents.ts'

/** Of one symbol: its bars `from` … `to` − 1 are a test window. */
export type FoldIntents = {
  readonly from: number
  readonly to: number
  /** Of just these bars; null: the fold has come to nothing. */
  readonly intents: Intents | null
}

/** @param folds ascending, without overlap; at least one */
export function stitchIntents(folds: readonly FoldIntents[]): Intents {
  const from = folds[0]!.from
  const to = folds.at(-1)!.to
  const bits = new Uint8Array(to - from)
  const isSure = folds.every(({ intents }) => intents === null || intents.confidence === null)
  const confidence = isSure ? null : new Float64Array(to - from)
  for (const [i, fold] of folds.entries()) {
    const place = fold.from - from
    const { intents } = fold
    if (intents === null) bits.fill(FLAT, place, fold.to - from)
    else {
      bits.set(intents.bits, place)
      confidence?.set(intents.confidence ?? new Float64Array(intents.bits.length).fill(1), place)
    }
    const next = folds[i + 1]
    if (next !== undefined && next.from > fold.to) leaveBefore(fold, from, bits, confidence)
  }
  return { from, to, bits, confidence }
}

/** Out of the market by the last bar of a window: what is decided on the bar before is filled at its open. */
function leaveBefore(
  { from, to }: FoldIntents,
  first: number,
  bits: Uint8Array,
  confidence: Float64Array | null,
): void {
  const begin = Math.max(from, to - 2) - first
  bits.fill(FLAT, begin, to - first)
  confidence?.fill(0, begin, to - first)
}
