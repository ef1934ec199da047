import { rmSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { acknowledgedBy } from './acknowledgements.ts'
import { examineAndResume, examineOnly } from './aftermath.ts'
import {
  compileShim,
  SHIM_ACTIONS,
  whyNoShim,
  type Shim,
  type ShimAction,
  type SystemCall,
} from './fault-shim.ts'
import { unclear } from './clear-words.ts'
import { printFigures, quickOrFull, randomOf, sample } from './mode.ts'
import { sideBySide } from './side-by-side.ts'
import { openLaboratory, type Laboratory } from './laboratory.ts'
import { KINDS, type Workload } from './workload.ts'

// Every system call that changes something, of a whole run from an empty directory to the published result, goes wrong
// in every way.

const WIDTH = 3
/** Of the faults after which there is something to resume, so many are resumed. */
const RESUME_EVERY = quickOrFull(8, 1)
const KILLS = new Set<ShimAction>(['kill', 'kill-after', 'torn'])
const noShim = whyNoShim()
if (noShim !== undefined) process.stderr.write(`skipped: no system calls go wrong, ${noShim}\n`)

let laboratory: Laboratory
let shim: Shim
beforeAll(async () => {
  if (noShim !== undefined) return
  laboratory = await openLaboratory()
  shim = compileShim(laboratory.directory)
  return laboratory.close
})

type Point = { readonly at: number; readonly action: ShimAction }

async function countCalls(workload: Workload): Promise<SystemCall[]> {
  const dataDir = workload.freshDataDir(`${workload.kind}-count`)
  const run = await workload.start(dataDir, { env: shim.env(dataDir) }).done
  expect(run.code, run.stderr).toBe(0)
  return shim.calls(dataDir)
}

/** Half a write is another fault than none only where there is a write. */
function pointsOf(calls: readonly SystemCall[]): Point[] {
  return calls.flatMap(({ name }, i) =>
    SHIM_ACTIONS.filter((action) => action !== 'torn' || name.includes('write')).map((action) => ({
      at: i + 1,
      action,
    })),
  )
}

/** What is wrong after this fault. */
async function tryPoint(
  workload: Workload,
  { at, action }: Point,
  index: number,
): Promise<readonly string[]> {
  const dataDir = workload.freshDataDir(`${workload.kind}-${at}-${action}`)
  const run = await workload.start(dataDir, { env: shim.env(dataDir, { at, action }) }).done
  const calls = shim.calls(dataDir)
  const struck = calls.find((call) => call.struck)
  const violations: string[] = []
  if (run.signal === null) violations.push(...unclear(run))
  if (action === 'short-ever' && run.code !== 0) violations.push('short writes are no failure')
  const renamed = calls.find(
    ({ name, path }) => name === 'rename' && path === struck?.path && struck.name.includes('sync'),
  )
  if (renamed) violations.push('a file whose fsync had failed got its final name')
  const acknowledged = acknowledgedBy(run.events())
  const inspect = index % RESUME_EVERY === 0 ? examineAndResume : examineOnly
  violations.push(...(await inspect(laboratory.examiners, workload, dataDir, acknowledged)))
  rmSync(dataDir, { recursive: true })
  rmSync(`${dataDir}.calls`)
  return violations.map(
    (what) => `${action} at call ${at}, ${struck?.name} ${struck?.path}: ${what}`,
  )
}

describe.skipIf(noShim !== undefined)('a system call that goes wrong', () => {
  it.each(KINDS)('costs a %s nothing that was acknowledged', async (kind) => {
    const workload = laboratory.of[kind]
    const calls = await countCalls(workload)
    const points = pointsOf(calls)
    const random = randomOf(`system-calls-${kind}`)
    const isKill = ({ action }: Point): boolean => KILLS.has(action)
    const kills = points.filter(isKill)
    const errors = points.filter((point) => !isKill(point))
    const chosen = [
      ...sample(
        kills,
        kind === 'training' ? quickOrFull(100, Infinity) : quickOrFull(40, 500),
        random,
      ),
      ...sample(
        errors,
        kind === 'training' ? quickOrFull(12, Infinity) : quickOrFull(6, 500),
        random,
      ),
    ]
    const startedAt = performance.now()
    const violations = await sideBySide(chosen, WIDTH, (point, i) => tryPoint(workload, point, i))
    const seconds = (performance.now() - startedAt) / 1000
    printFigures(
      `system calls of a ${kind}`,
      `${chosen.filter(isKill).length} kills and ${chosen.filter((point) => !isKill(point)).length} errors of ${points.length} in ${calls.length} calls, ${seconds.toFixed(0)} s`,
    )
    expect(violations.flat()).toEqual([])
  })
})
