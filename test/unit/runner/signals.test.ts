import { describe, expect, it, onTestFinished } from 'vitest'
import { listenForSignals, STOP_SIGNALS, type StopSignal } from '../../../src/runner/signals.ts'
import { fakeClock } from '../../support/fake-clock.ts'

function listening() {
  const clock = fakeClock()
  const heard: string[] = []
  const stop = listenForSignals(clock, {
    onStop: (signal) => heard.push(`stop ${signal}`),
    onQuit: () => heard.push('quit'),
  })
  onTestFinished(stop)
  /** Signals with the milliseconds before each. */
  const press = (...signals: (readonly [afterMs: number, signal: StopSignal])[]): string[] => {
    for (const [afterMs, signal] of signals) {
      clock.pass(afterMs)
      process.emit(signal)
    }
    return heard
  }
  return { press, stop }
}

describe('Ctrl-C', () => {
  it.each(STOP_SIGNALS)('or its like asks once to stop: %s', (signal) =>
    expect(listening().press([0, signal])).toEqual([`stop ${signal}`]),
  )

  it('sent twice within half a second, as launchers and terminals do, is one', () =>
    expect(listening().press([0, 'SIGINT'], [1, 'SIGINT'], [498, 'SIGINT'])).toEqual([
      'stop SIGINT',
    ]))

  it('pressed again half a second later quits', () =>
    expect(listening().press([0, 'SIGINT'], [500, 'SIGINT'])).toEqual(['stop SIGINT', 'quit']))

  it('pressed slowly three times quits twice, and stops once', () =>
    expect(listening().press([0, 'SIGINT'], [900, 'SIGINT'], [900, 'SIGINT'])).toEqual([
      'stop SIGINT',
      'quit',
      'quit',
    ]))

  it('after SIGTERM quits too; the signal that came first is the one that counts', () =>
    expect(listening().press([0, 'SIGTERM'], [700, 'SIGINT'])).toEqual(['stop SIGTERM', 'quit']))
})

describe('a detached run', () => {
  it('is not hung up, and stops on the others all the same', () => {
    const heard: string[] = []
    const onStop = (signal: string): void => void heard.push(signal)
    const stop = listenForSignals(fakeClock(), { onStop, onQuit: () => {} }, ['SIGHUP'])
    onTestFinished(stop)
    process.emit('SIGHUP')
    process.emit('SIGHUP')
    expect(heard).toEqual([])
    process.emit('SIGTERM')
    expect(heard).toEqual(['SIGTERM'])
  })
})

describe('listening', () => {
  it('ends with nothing left behind', () => {
    const before = STOP_SIGNALS.map((signal) => process.listenerCount(signal))
    const { stop } = listening()
    expect(STOP_SIGNALS.map((signal) => process.listenerCount(signal))).toEqual(
      before.map((count) => count + 1),
    )
    stop()
    expect(STOP_SIGNALS.map((signal) => process.listenerCount(signal))).toEqual(before)
  })
})
