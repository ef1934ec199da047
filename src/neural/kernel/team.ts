// The threads of a network and how they wait for each other. Thread 0 is the caller of trainStep; it begins a step,
// all meet at each barrier, and at the end thread 0 waits for the rest, who then sleep until the next step. A wait
// spins a little, because the others are nearly done, then sleeps on a futex in slices, to see whether a thread died.

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
  /** Thread 0: lets the others begin a step. */
  readonly begin: () => void
  /** The others: waits for the next step; false = there is none any more. */
  readonly next: () => boolean
  /** Waits until all threads are here. */
  readonly meet: () => void
  /** The others: says that this thread is here, and goes on. */
  readonly arrive: () => void
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

  /** Waits until the word at `index` is not `value` any more. */
  function awaitChange(index: number, value: number): void {
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, index) !== value) return
    while (Atomics.load(words, index) === value) {
      expectAlive()
      Atomics.wait(words, index, value, SLICE_MS)
    }
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
      if (isAlone) return
      expectAlive()
      invariant(Atomics.load(words, at + CLOSED) === 0, 'A closed network takes no steps')
      advance(at + STEPS)
    },
    next: () => {
      awaitChange(at + STEPS, step)
      step = Atomics.load(words, at + STEPS)
      return Atomics.load(words, at + CLOSED) === 0
    },
    meet: () => {
      if (isAlone) return
      const passed = Atomics.load(words, at + BARRIERS)
      if (!arrive()) awaitChange(at + BARRIERS, passed)
    },
    arrive,
    close: () => {
      Atomics.store(words, at + CLOSED, 1)
      advance(at + STEPS)
    },
  }
}

/** Says that a thread died: whoever waits for it, or ever will, throws. */
export function abortTeam(words: Int32Array, at: number): void {
  Atomics.store(words, at + ABORTED, 1)
  for (const index of [STEPS, BARRIERS]) Atomics.notify(words, at + index)
}
