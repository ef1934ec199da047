// Named crash points. KTRDR_FAULT=<point>[@<n>]:<action>[,…] makes one of them act, in every build, so that the
// demo, the tests and a curious user can kill ktrdr at an exact instant instead of sleeping and hoping:
//
//   batch@1234:kill             SIGKILL to the process when batch 1234 is done
//   bar@5000:cancel             as if Ctrl-C had been pressed when bar 5000 is done
//   save.after-rename@3:kill    SIGKILL in the third save, between rename and fsync of the directory
//   task.step@50:exit           each worker of a queue of tasks dies at its fiftieth step
//
// Before a fault of the loop strikes, what was being saved is saved; `flush` waits for just that and does nothing else.
// `n` is the batch or bar for those two points, otherwise the how-manieth time the point is passed (default 1).

import { KtrdrError } from './errors.ts'

export const FAULT_ACTIONS = [
  'kill',
  'cancel',
  'throw',
  'stop',
  'eio',
  'enospc',
  'stall',
  'flush',
  'exit',
] as const
export type FaultAction = (typeof FAULT_ACTIONS)[number]

/** Every point of the write protocols, in the order in which they are passed; the crash tests kill at each. */
export const FAULT_POINTS = {
  loop: ['batch', 'bar', 'task', 'trial', 'fold'],
  kernel: ['kernel.step'], // in each helper thread of a network, before its share of a step
  task: ['task.step'], // in each worker of a queue, before a step of its task
  migrate: [
    'migrate.begun',
    'migrate.backed-up',
    'migrate.entry-applied',
    'migrate.before-commit',
    'migrate.after-commit',
  ],
  start: ['start.locked', 'start.begun', 'start.committing', 'start.committed'],
  save: [
    'save.begun',
    'save.temp-created',
    'save.half-written',
    'save.written',
    'save.before-fsync',
    'save.after-fsync',
    'save.after-rename',
    'save.after-dir-fsync',
    'save.in-transaction',
    'save.rows-inserted',
    'save.before-commit',
    'save.after-commit',
    'save.after-unlink',
    'save.done',
  ],
  claim: [
    'claim.locked',
    'claim.verified',
    'claim.in-transaction',
    'claim.before-commit',
    'claim.after-commit',
  ],
  complete: [
    'complete.begun',
    'complete.files-written',
    'complete.in-transaction',
    'complete.after-rename',
    'complete.before-commit',
    'complete.after-commit',
    'complete.after-unlink',
    'complete.done',
  ],
  delete: [
    'delete.in-transaction',
    'delete.before-commit',
    'delete.after-commit',
    'delete.after-unlink',
  ],
  model: [
    'model.in-transaction',
    'model.before-commit',
    'model.after-commit',
    'model.after-rename',
    'model.after-unlink',
  ],
  remove: [
    'remove.locked',
    'remove.results-marked',
    'remove.results-gone',
    'remove.before-commit',
    'remove.after-commit',
    'remove.done',
  ],
  cleanup: [
    'cleanup.begun',
    'cleanup.locked',
    'cleanup.archived',
    'cleanup.in-transaction',
    'cleanup.before-commit',
    'cleanup.after-commit',
    'cleanup.after-unlink',
    'cleanup.done',
  ],
  rollback: [
    'rollback.verified',
    'rollback.in-transaction',
    'rollback.before-commit',
    'rollback.after-commit',
  ],
  repair: [
    'repair.quarantined',
    'repair.in-transaction',
    'repair.before-commit',
    'repair.after-commit',
  ],
  rebuild: [
    'rebuild.moved-aside',
    'rebuild.in-transaction',
    'rebuild.before-commit',
    'rebuild.after-commit',
  ],
  compact: [
    'compact.begun',
    'compact.temp-created',
    'compact.half-written',
    'compact.written',
    'compact.before-fsync',
    'compact.after-fsync',
    'compact.after-rename',
    'compact.after-dir-fsync',
    'compact.in-transaction',
    'compact.before-commit',
    'compact.after-commit',
    'compact.done',
  ],
  pipeline: [
    'pipeline.begun',
    'pipeline.phase-recorded',
    'pipeline.phase-working',
    'pipeline.phase-done',
    'pipeline.before-commit',
    'pipeline.after-commit',
  ],
  gc: ['gc.begun', 'gc.locked', 'gc.before-unlink', 'gc.after-unlink', 'gc.done'],
} as const

export type FaultPoint = (typeof FAULT_POINTS)[keyof typeof FAULT_POINTS][number]

type Fault = { readonly point: string; readonly n: number; readonly action: FaultAction }

const STALL_MS = 2000
const FAULT = new RegExp(`^([a-z.-]+)(?:@([1-9]\\d*))?:(${FAULT_ACTIONS.join('|')})$`)

/** @throws USAGE for a fault that would never strike */
export function parseFaults(text: string): Fault[] {
  return text.split(',').filter(Boolean).map(parseFault)
}

const POINTS = new Set<string>(Object.values(FAULT_POINTS).flat())

function parseFault(text: string): Fault {
  const [, point = '', n = '1', word] = FAULT.exec(text) ?? []
  if (!POINTS.has(point))
    throw new KtrdrError('USAGE', `KTRDR_FAULT does not understand "${text}".`, {
      suggestions: ['KTRDR_FAULT=batch@100:kill', 'KTRDR_FAULT=save.after-rename@3:kill'],
    })
  const action = word as FaultAction
  const able = pointsOf(action)
  if (able && !able.includes(point))
    throw new KtrdrError('USAGE', `KTRDR_FAULT cannot ${action} at ${point}.`, {
      suggestions: able.map((one) => `KTRDR_FAULT=${one}@100:${action}`),
    })
  return { point, n: Number(n), action }
}

/** Where alone something can be done: only the loop can be asked to stop, only a thread can end by itself. */
function pointsOf(action: FaultAction): readonly string[] | undefined {
  if (action === 'cancel' || action === 'flush') return FAULT_POINTS.loop
  return action === 'exit' ? FAULT_POINTS.task : undefined
}

let faults: Fault[] | undefined
const passes = new Map<string, number>()

function currentFaults(): Fault[] {
  faults ??= parseFaults(process.env['KTRDR_FAULT'] ?? '')
  return faults
}

/** The next batch or bar from `n` on at which a fault of the loop is to strike; Infinity when there is none. */
export function nextLoopFault(point: string, n: number): number {
  const units = currentFaults().filter((fault) => fault.point === point && fault.n >= n)
  return Math.min(Infinity, ...units.map((fault) => fault.n))
}

/** Passes a point of the loop, after unit `n`. True when the fault asks to cancel. */
export function passLoopPoint(point: string, n: number): boolean {
  const fault = currentFaults().find((candidate) => candidate.point === point && candidate.n === n)
  return fault !== undefined && strike(fault)
}

/** Passes a point of a protocol. */
export function passPoint(point: FaultPoint): void {
  if (currentFaults().length === 0) return
  const pass = (passes.get(point) ?? 0) + 1
  passes.set(point, pass)
  const fault = currentFaults().find(
    (candidate) => candidate.point === point && candidate.n === pass,
  )
  if (fault) strike(fault)
}

function strike({ point, n, action }: Fault): boolean {
  switch (action) {
    case 'cancel':
      return true
    case 'kill':
    case 'stop':
      process.kill(process.pid, action === 'kill' ? 'SIGKILL' : 'SIGSTOP')
      // The signal may take a moment to arrive: this thread goes no further until then.
      if (action === 'kill') pause(60_000)
      return false
    case 'stall':
      pause(STALL_MS)
      return false
    case 'flush':
      return false
    case 'exit':
      return process.exit(1) // in a worker thread: of this thread alone
    case 'throw':
      throw new KtrdrError('OPERATION_FAILED', `KTRDR_FAULT struck at ${point}@${n}.`)
    case 'eio':
    case 'enospc': {
      const code = action.toUpperCase()
      throw Object.assign(new Error(`${code}: KTRDR_FAULT at ${point}@${n}`), { code })
    }
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
