// Ctrl-C while a pipeline runs. A phase that is an operation listens for itself, too, and saves; a command is told; all
// others stop at once, for they leave nothing half done.

import type { Clock } from './core/clock.ts'
import { KtrdrError } from './core/errors.ts'
import { listenForSignals, type StopSignal } from './runner/signals.ts'

export type StopListener = (signal: StopSignal, isAgain: boolean) => void

export type Stops = {
  /** The one that came first; null = none has come. */
  readonly signal: StopSignal | null
  /** @returns how to listen no more */
  readonly listen: (listener: StopListener) => () => void
  /** `work`, unless a signal comes before it is done. @throws CANCELLED */
  readonly orStop: <Result>(work: Promise<Result>) => Promise<Result>
  readonly close: () => void
}

export function listenForStops(clock: Clock): Stops {
  const listeners = new Set<StopListener>()
  let first: StopSignal | null = null
  const tell = (signal: StopSignal, isAgain: boolean): void => {
    for (const listener of listeners) listener(signal, isAgain)
  }
  const close = listenForSignals(clock, {
    onStop: (signal) => {
      first = signal
      tell(signal, false)
    },
    onQuit: () => tell(first ?? 'SIGINT', true),
  })
  const listen = (listener: StopListener): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return {
    get signal() {
      return first
    },
    listen,
    orStop: async (work) => {
      const stopped = Promise.withResolvers<never>()
      const refuse = (signal: StopSignal): void =>
        stopped.reject(new KtrdrError('CANCELLED', 'Stopped.', { details: { signal } }))
      if (first !== null) refuse(first)
      const forget = listen(refuse)
      try {
        return await Promise.race([work, stopped.promise])
      } finally {
        forget()
      }
    },
    close,
  }
}
