import type { Clock } from '../../src/core/clock.ts'

export type FakeClock = Clock & { readonly pass: (ms: number) => void }

/** A clock that stands still until it is told that time has passed. */
export function fakeClock(startMs = Date.UTC(2024, 11, 13, 14, 30, 22)): FakeClock {
  let elapsedMs = 0
  return {
    nowMs: () => startMs + elapsedMs,
    elapsedMs: () => elapsedMs,
    pass: (ms) => {
      elapsedMs += ms
    },
  }
}
