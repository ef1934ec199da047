// The only reader of time. Everything that needs a time is given a Clock, so tests can set it and nothing
// that reaches a result can depend on it.

export type Clock = {
  /** UTC epoch milliseconds. Jumps when the system clock is set: never order by it. */
  readonly nowMs: () => number
  /** Milliseconds since an arbitrary moment; never goes backwards. */
  readonly elapsedMs: () => number
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
}
