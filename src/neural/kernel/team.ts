// The threads of a network and how they wait for each other. Thread 0 is the caller of trainStep; it begins a step,
// all meet at each barrier, and at the end thread 0 waits for the rest, who then sleep until the next step. A wait
// spins a little, because the others are nearly done, then sleeps on a futex in slices, to see whether a thread died.
// A step that broke off on any thread is the last one: nobody can say who passed which barrier.

import { invariant, KtrdrError } from '../../core/errors.ts'

/** Words of a team, 64 bytes apart. */
const LINE = 16
const STEPS = 0 // steps begun
const ARRIVED = LINE // threads at the current barrier
const BARRIERS = 2 * LINE // barriers passed
const ABORTED = 3 * LINE // a thread died
const CLOSED = 4 * LINE

const SPINS = 4000
const SLICE_MS = 100

export type Team = {
  /** Thread 0: lets the others begin a step; throws when a step broke off or the network is closed. */
  readonly begin: () => void
  /** The others: waits for the next step; false = there is none any more. */
  readonly next: () => boolean
  /** Waits until all threads are here; false = the network was closed before. */
  readonly meet: () => boolean
  /** The others: says that this thread is here, and goes on. */
  readonly arrive: () => void
  /** As abortTeam. */
  readonly abort: () => void
  readonly close: () => void
}

/**
 * @param words the memory of the network
 * @param at index of the team's first word
 */
export function joinTeam(words: Int32Array, at: number, threads: number): Team {
  const isAlone = threads === 1
  let step = 0

  function expectAlive(): void {
    if (Atomics.load(words, at + ABORTED) !== 0)
      throw new KtrdrError('OPERATION_FAILED', 'A kernel thread died.')
  }

  function isClosed(): boolean {
    return Atomics.load(words, at + CLOSED) !== 0
  }

  /** Waits until the word at `index` is not `value` any more; false = the network was closed before. */
  function awaitChange(index: number, value: number): boolean {
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, index) !== value) return true
    while (Atomics.load(words, index) === value) {
      if (isClosed()) return false
      expectAlive()
      Atomics.wait(words, index, value, SLICE_MS)
    }
    return true
  }

  function advance(index: number): void {
    Atomics.add(words, index, 1)
    Atomics.notify(words, index)
  }

  /** Says that this thread is here; true = it is the last. */
  function arrive(): boolean {
    if (Atomics.add(words, at + ARRIVED, 1) < threads - 1) return false
    Atomics.store(words, at + ARRIVED, 0)
    advance(at + BARRIERS)
    return true
  }

  return {
    begin: () => {
      invariant(!isClosed(), 'A closed network takes no steps')
      expectAlive()
      if (!isAlone) advance(at + STEPS)
    },
    next: () => {
      awaitChange(at + STEPS, step)
      step = Atomics.load(words, at + STEPS)
      return !isClosed()
    },
    meet: () => {
      if (isAlone) return true
      const passed = Atomics.load(words, at + BARRIERS)
      return arrive() || awaitChange(at + BARRIERS, passed)
    },
    arrive,
    abort: () => abortTeam(words, at),
    close: () => {
      Atomics.store(words, at + CLOSED, 1)
      advance(at + STEPS)
      Atomics.notify(words, at + BARRIERS)
    },
  }
}

/** Says that a thread died: whoever waits for it, or ever will, throws. */
export function abortTeam(words: Int32Array, at: number): void {
  Atomics.store(words, at + ABORTED, 1)
  for (const index of [STEPS, BARRIERS]) Atomics.notify(words, at + index)
}
