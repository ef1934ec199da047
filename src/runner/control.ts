// The one word that the main thread and the job share. The main thread alone reads clocks and the database; it sets
// bits and the elapsed time here, and the job looks at them at every safe point without waiting for anything.

const FLAGS = 0
const ELAPSED = 1 // in hundredths of a second: 32 bits hold 497 days
const WRITER_BUSY = 2
const WORDS = 3

/** Bits of the flag word. */
export const CANCEL = 1 // Ctrl-C, or a request from another terminal: save and stop
export const SHUTDOWN = 2 // SIGTERM: the same under another name
export const ABORT = 4 // ownership lost: stop, save nothing
export const PROGRESS_DUE = 8 // somebody would like to see where the run stands
export const SAVE = 16 // somebody has asked for a checkpoint: save and go on

export type Control = Int32Array<SharedArrayBuffer>

export function createControl(): Control {
  return new Int32Array(new SharedArrayBuffer(WORDS * 4))
}

export function raise(control: Control, bits: number): void {
  Atomics.or(control, FLAGS, bits)
}

export function lower(control: Control, bits: number): void {
  Atomics.and(control, FLAGS, ~bits)
}

export function flagsOf(control: Control): number {
  return Atomics.load(control, FLAGS)
}

export function setElapsed(control: Control, elapsedMs: number): void {
  Atomics.store(control, ELAPSED, Math.floor(elapsedMs / 10))
}

export function elapsedOf(control: Control): number {
  return (Atomics.load(control, ELAPSED) >>> 0) * 10
}

export function isWriterBusy(control: Control): boolean {
  return Atomics.load(control, WRITER_BUSY) === 1
}

export function setWriterBusy(control: Control, busy: boolean): void {
  Atomics.store(control, WRITER_BUSY, busy ? 1 : 0)
  Atomics.notify(control, WRITER_BUSY)
}

/** Blocks this thread until the writer has finished what it was given. */
export function waitForWriter(control: Control): void {
  while (isWriterBusy(control)) Atomics.wait(control, WRITER_BUSY, 1, 1000)
}
