// What commands share that only look on: Ctrl-C ends the looking.

import { EXIT_OF_SIGNAL } from './base.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Does `work` until it is done or a signal comes, which then is the exit code. */
export async function untilSignal<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController()
  const listeners = SIGNALS.map((signal) => {
    const listener = (): void => {
      process.exitCode = EXIT_OF_SIGNAL[signal]!
      controller.abort()
    }
    process.once(signal, listener)
    return [signal, listener] as const
  })
  try {
    return await work(controller.signal)
  } finally {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}
