// Two ends of a wire between "threads" that live in the test itself.

import { once } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { onTestFinished } from 'vitest'

export type Wire = {
  /** The end that the code under test is given. */
  readonly far: MessagePort
  readonly send: (message: unknown) => void
  /** The next message that has not been received yet. */
  readonly receive: () => Promise<Record<string, unknown>>
}

export function openWire(): Wire {
  const { port1: near, port2: far } = new MessageChannel()
  const arrived = new EventTarget()
  const waiting: Record<string, unknown>[] = []
  near.on('message', (message: Record<string, unknown>) => {
    waiting.push(message)
    arrived.dispatchEvent(new Event('one'))
  })
  onTestFinished(() => near.close())
  return {
    far,
    send: (message) => near.postMessage(message),
    receive: async () => {
      while (waiting.length === 0) await once(arrived, 'one')
      return waiting.shift()!
    },
  }
}
