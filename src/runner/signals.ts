// Ctrl-C and its relatives. The first asks the run to save and stop, the second leaves at once. Launchers and
// terminals send the same Ctrl-C twice: two within half a second count as one.

import type { Clock } from '../core/clock.ts'

const SAME_PRESS_MS = 500

export type StopHandlers = {
  /** `signal` came for the first time. */
  readonly onStop: (signal: StopSignal) => void
  /** … and again. */
  readonly onQuit: () => void
}

export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
export type StopSignal = (typeof STOP_SIGNALS)[number]

/**
 * Listens until the returned function is called.
 * @param ignored signals that mean nothing: a detached run has no terminal that could hang up
 */
export function listenForSignals(
  clock: Clock,
  { onStop, onQuit }: StopHandlers,
  ignored: readonly StopSignal[] = [],
): () => void {
  let firstAtMs: number | undefined
  const listeners = STOP_SIGNALS.map((signal) => {
    const listener = (): void => {
      if (ignored.includes(signal)) return
      const nowMs = clock.elapsedMs()
      if (firstAtMs === undefined) {
        firstAtMs = nowMs
        onStop(signal)
      } else if (nowMs - firstAtMs >= SAME_PRESS_MS) onQuit()
    }
    process.on(signal, listener)
    return [signal, listener] as const
  })
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}
