import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { FAULT_POINTS } from '../../../src/core/fault.ts'
import { eventsIn, type RunResult, type Running } from '../../support/program.ts'
import { acknowledgedBy } from './acknowledgements.ts'
import { examineOnly } from './aftermath.ts'
import { compileShim, whyNoShim, type Shim, type SystemCall } from './fault-shim.ts'
import { printFigures, quickOrFull, randomOf, sample } from './mode.ts'
import { sideBySide } from './side-by-side.ts'
import { openLaboratory, type Laboratory } from './laboratory.ts'
import { type Workload } from './workload.ts'

// A process is stopped in the middle of what it does (SIGSTOP, a frozen container, a laptop that sleeps). While it
// holds its lock nobody gets past it; when the lock is lost, another one takes over, and the old one, awake again,
// changes nothing any more.

/** Most of them wait for a sleeper most of the time. */
const WIDTH = 4
const noShim = whyNoShim()
if (noShim !== undefined) process.stderr.write(`skipped: no stops in system calls, ${noShim}\n`)

let laboratory: Laboratory
let shim: Shim | undefined
beforeAll(async () => {
  laboratory = await openLaboratory()
  shim = noShim === undefined ? compileShim(laboratory.directory) : undefined
  return laboratory.close
})

type Point = { readonly fault: string } | { readonly at: number }
const NAMED: readonly Point[] = [...FAULT_POINTS.save, ...FAULT_POINTS.complete].map((point) => ({
  fault: `${point}@${point.startsWith('save') && point !== 'save.after-unlink' ? 3 : 1}:stop`,
}))

/** How the lock of the sleeper is lost: it dies, or somebody removes the file that the kernel keeps the lock on. */
const LOSSES = ['killed', 'lock removed'] as const
type Loss = (typeof LOSSES)[number]

type Outcome = {
  readonly violations: readonly string[]
  /** Another one completed the operation, or recorded its death. */
  readonly isTakenOver: boolean
}

const KEEP = ['--keep-checkpoints']
const describePoint = (point: Point): string =>
  'fault' in point ? point.fault : `stopped before call ${point.at}`

async function callsOf(workload: Workload): Promise<SystemCall[]> {
  if (!shim) return []
  const dataDir = workload.freshDataDir('count')
  await workload.start(dataDir, { env: shim.env(dataDir), flags: KEEP }).done
  return shim.calls(dataDir)
}

/** False when it has ended instead. */
async function untilStopped({ child, done }: Running): Promise<boolean> {
  const isOver = done.then(() => true)
  const isStopped = (): boolean => {
    try {
      return / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'latin1').slice(0, 64))
    } catch {
      return false
    }
  }
  while (!isStopped()) if (await Promise.race([isOver, sleep(3)])) return false
  return true
}

function removeLocks(dataDir: string): void {
  const locks = join(dataDir, 'locks')
  if (existsSync(locks)) for (const name of readdirSync(locks)) rmSync(join(locks, name))
}

/** What is recorded, without ages. */
async function recordsIn({ ask }: Workload, dataDir: string): Promise<string> {
  const answers = [
    await ask(dataDir, 'operations', 'show', 'latest', '--json'),
    await ask(dataDir, 'checkpoints', 'list', '--json'),
  ]
  return answers
    .map(({ stdout }) =>
      JSON.stringify(JSON.parse(stdout), (key, value) => (/age/i.test(key) ? null : value)),
    )
    .join('\n')
}

/** Code of the error that --json tells, if it does. */
function errorCode({ stdout }: RunResult): string | undefined {
  return stdout === '' ? undefined : JSON.parse(stdout).error?.code
}

/** Beside a sleeper a command fails clearly: its operation is taken, unknown as yet, or it holds the database. */
function isRefusedClearly(refused: RunResult): boolean {
  const code = errorCode(refused)
  if (code === 'IO_FAILED') return refused.stdout.includes('may be stopped or suspended')
  return ['OPERATION_ALREADY_RUNNING', 'OPERATION_NOT_FOUND', 'NOT_RESUMABLE'].includes(code ?? '')
}

async function tryTakeover(point: Point, loss: Loss, name: string): Promise<Outcome> {
  const workload: Workload = { ...laboratory.of.training, expectedFiles: null } // checkpoints are kept
  const dataDir = workload.freshDataDir(name)
  const violations: string[] = []
  const complain = (what: string): void => {
    violations.push(`${describePoint(point)}, ${loss}: ${what}`)
  }
  const resume = (): Promise<RunResult> =>
    workload.ask(dataDir, 'operations', 'resume', 'latest', '--json', '--progress', 'json')

  const sleeper = workload.start(dataDir, {
    flags: KEEP,
    ...('fault' in point
      ? { fault: point.fault }
      : { env: shim!.env(dataDir, { at: point.at, action: 'stop' }) }),
  })
  if (!(await untilStopped(sleeper))) {
    if ((await sleeper.done).code !== 0) complain('the run failed')
    return { violations, isTakenOver: false }
  }
  const refused = await resume()
  if (!isRefusedClearly(refused))
    complain(`a resume exits ${refused.code} beside the sleeper: ${refused.stdout}`)

  let promised = acknowledgedBy(eventsIn(sleeper.stderr()))
  if (loss === 'killed') {
    sleeper.child.kill('SIGKILL')
    await sleeper.done
  } else removeLocks(dataDir)

  const heir = await resume()
  const isTakenOver = heir.code === 0 || errorCode(heir) === 'CHECKPOINT_NOT_FOUND'
  if (heir.code === 0) promised = acknowledgedBy(heir.events())
  else if (loss === 'killed' && promised.savedSeq > 0 && errorCode(heir) !== 'NOT_RESUMABLE')
    complain(`the heir exits ${heir.code}: ${heir.stdout}`)

  if (loss === 'lock removed') {
    const records = isTakenOver ? await recordsIn(workload, dataDir) : ''
    sleeper.child.kill('SIGCONT')
    const woken = await sleeper.done
    if (isTakenOver && woken.code === 0) complain('the woken sleeper takes itself for the owner')
    if (isTakenOver && (await recordsIn(workload, dataDir)) !== records)
      complain(`the woken sleeper changed the records, which were ${records}`)
    if (!isTakenOver && woken.code !== 0)
      complain(`nobody took over, and the woken sleeper exits ${woken.code}: ${woken.stdout}`)
    if (!isTakenOver) promised = acknowledgedBy(woken.events())
  }
  for (const what of await examineOnly(laboratory.examiners, workload, dataDir, promised))
    complain(what)
  rmSync(dataDir, { recursive: true })
  return { violations, isTakenOver }
}

describe.skipIf(process.platform !== 'linux')(
  'a process that sleeps in the middle of a save',
  () => {
    it('lets nobody past it, and once taken over changes nothing any more', async () => {
      const random = randomOf('takeovers')
      const calls = await callsOf(laboratory.of.training)
      const everyCall: readonly Point[] = calls.map((_, i) => ({ at: i + 1 }))
      const whileClosing = calls.findLastIndex(({ path }) => path === 'ktrdr.db')
      const points = [
        ...sample(NAMED, quickOrFull(4, Infinity), random),
        ...sample(everyCall, quickOrFull(2, 60), random),
        ...everyCall.slice(whileClosing, whileClosing + 1),
      ]
      const takeovers = points.flatMap((point, i) =>
        LOSSES.map((loss) => ({ point, loss, name: `takeover-${i}-${loss.replace(' ', '-')}` })),
      )
      const outcomes = await sideBySide(takeovers, WIDTH, ({ point, loss, name }) =>
        tryTakeover(point, loss, name),
      )
      const takenOver = outcomes.filter((outcome) => outcome.isTakenOver).length
      printFigures('takeovers', `${outcomes.length} sleepers, ${takenOver} taken over`)
      expect(outcomes.flatMap((outcome) => outcome.violations)).toEqual([])
      expect(takenOver).toBeGreaterThan(outcomes.length / 3)
    })
  },
)
