// Detached runs of the real program: started, looked at as processes, and never left behind by a test.

import { readFileSync } from 'node:fs'
import { beforeAll, onTestFinished } from 'vitest'
import { ktrdr, type RunOptions, type RunResult } from './program.ts'
import { makeWorld } from './world.ts'

export type DetachedRun = {
  readonly operationId: string
  readonly pid: number
  readonly log: string
}

/** A world for the tests of a file, with a training that ends, one that does not, and the model of the first, undisturbed. */
export function detachedWorld() {
  const world = makeWorld()
  const EPOCHS = ['--epochs', '20'] as const
  let straight: string
  beforeAll(async () => {
    const { json } = await ktrdr([...world.train(...EPOCHS), '--json'], {
      dataDir: world.dataDir('straight'),
    })
    straight = json().model.sha256
    return world.remove
  })
  return {
    world,
    EPOCHS,
    FOREVER: world.train('--epochs', '900000'),
    /** Its SHA-256. */
    straightModel: (): string => straight,
    at:
      (dataDir: string) =>
      (...args: string[]): Promise<RunResult> =>
        ktrdr(args, { dataDir }),
  }
}

/** Starts `ktrdr ...args --detach`; whatever is still running when the test ends is killed. */
export async function detach(args: readonly string[], options: RunOptions): Promise<DetachedRun> {
  const { code, stderr, json } = await ktrdr([...args, '--detach', '--json'], options)
  if (code !== 0) throw new Error(`it was not started: ${stderr}`)
  const run = json() as DetachedRun
  killWhenFinished(run.pid)
  return run
}

export function killWhenFinished(pid: number): void {
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  })
}

/** A process that has ended and whom nobody has waited for is dead. */
export function isAlive(pid: number): boolean {
  return processState(pid) !== undefined && processState(pid) !== 'Z'
}

/** R running, S sleeping, T stopped …; undefined = there is none. */
export function processState(pid: number): string | undefined {
  return statOf(pid)?.[0]
}

/** Its session, and the number of its terminal: 0 = none. */
export function sessionOf(pid: number): { readonly session: number; readonly terminal: number } {
  const fields = statOf(pid)
  return { session: Number(fields?.[3]), terminal: Number(fields?.[4]) }
}

/** Fields of /proc/PID/stat from the state on: state, parent, group, session, terminal … */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
  } catch {
    return undefined
  }
}

/** Lets a process go on that a fault (`batch@90:stop`) has stopped. */
export async function goOn(pid: number): Promise<void> {
  await until(() => processState(pid) === 'T')
  process.kill(pid, 'SIGCONT')
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((wake) => setTimeout(wake, 20))
}
