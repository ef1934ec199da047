// What a strategy wants at the close of each bar, as bits, whoever says it: a network, rules, or a file. What becomes of
// it depends on the position and the rules of trading (orders.ts); a bar of 0 bits wants nothing.

export const ENTER_LONG = 1
export const EXIT_LONG = 2
export const ENTER_SHORT = 4
export const EXIT_SHORT = 8
/** Nobody said anything of the bar, or what was said is not a number: both hold, and are counted. */
export const MISSING = 16
export const INVALID = 32

/** A BUY leaves a short or enters a long; a SELL the other way round. */
export const BUY = ENTER_LONG | EXIT_SHORT
export const SELL = ENTER_SHORT | EXIT_LONG
export const FLAT = EXIT_LONG | EXIT_SHORT

/** The bars `from` … `to` − 1 of one symbol; one value a bar. */
export type Intents = {
  readonly from: number
  readonly to: number
  readonly bits: Uint8Array
  /** How sure an intent is, in [0, 1]; null: each is certain. */
  readonly confidence: Float64Array | null
}

/** The intents from `bar` on, as far as they are worked out at once: at least of that bar. */
export type IntentSource = (bar: number) => Intents
