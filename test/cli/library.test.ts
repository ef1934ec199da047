// ktrdr as a library, by the name that its users import: programs of their own, in processes of their own.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ROOT } from '../support/program.ts'
import { spawned } from '../support/spawned.ts'

// Within the repository, where its own name leads to src/library.ts.
const directory = mkdtempSync(join(ROOT, 'dist', 'library-'))
const dataDir = mkdtempSync(join(tmpdir(), 'ktrdr-library-'))
afterAll(() => {
  for (const path of [directory, dataDir]) rmSync(path, { recursive: true, force: true })
})

/** What a program prints last, as JSON. */
async function runProgram(text: string, env: Readonly<Record<string, string>> = {}) {
  const path = join(directory, 'program.ts')
  writeFileSync(path, `import { mapTasks, resumeTasks, runTask } from 'ktrdr'\n${text}`)
  const { KTRDR_FAULT: _, ...inherited } = process.env
  const ran = await spawned(process.execPath, [path], {
    cwd: directory,
    env: { ...inherited, KTRDR_DATA_DIR: dataDir, ...env },
  })
  const last = ran.stdout.trimEnd().split('\n').at(-1)!
  return { ...ran, value: last === '' ? null : JSON.parse(last) }
}

const say = (expression: string): string => `console.log(JSON.stringify(${expression}))`

describe('the library', () => {
  it('maps a plain function over items, and saves nothing', async () => {
    const { value, stderr } = await runProgram(
      say('await mapTasks((x: number) => x ** 2, [1, 2, 3])'),
    )
    expect(value, stderr).toEqual([1, 4, 9])
    const { value: shown } = await runProgram(`
      await mapTasks(async (x: number) => x, [1], { name: 'again' })
      ${say('1')}`)
    expect(shown).toBe(1)
  })

  it('has saved nothing of what is killed without an interval', async () => {
    const { value: id, signal } = await runProgram(
      `await mapTasks((x: number) => x ** 2, [1, 2, 3], {
         onEvent: (event) => event.kind === 'started' && console.log(JSON.stringify(event.operationId)),
       })`,
      { KTRDR_FAULT: 'task@2:kill' },
    )
    expect(signal).toBe('SIGKILL')
    expect(existsSync(join(dataDir, 'packs', id)), 'a file of it').toBe(false)
    const { value: code } = await runProgram(
      say(`await resumeTasks(${JSON.stringify(id)}).catch((error) => error.code)`),
    )
    expect(code).toBe('CHECKPOINT_NOT_FOUND')
  })

  it('gives a function the context of its task', async () => {
    const { value, stderr } = await runProgram(
      say(
        `await mapTasks((x: number, ctx: any) => [x, ctx.index, ctx.seed, ctx.set.k, ctx.random('a', 1).nextUint32()], [7, 8], { seed: 3, set: { k: 'v' }, workers: 2 })`,
      ),
    )
    expect(value, stderr).toMatchObject([
      [7, 0, 3, 'v', expect.any(Number)],
      [8, 1, 3, 'v', expect.any(Number)],
    ])
    expect(value[0][4], 'a stream for each task').not.toBe(value[1][4])
  })

  it('goes on with what was killed', async () => {
    const items = '[{ darts: 200000 }, { darts: 300000 }, { darts: 400000 }]'
    const pi = JSON.stringify(join(ROOT, 'examples', 'tasks', 'pi.ts'))
    const straight = await runProgram(say(`await mapTasks(${pi}, ${items})`))
    expect(straight.value, straight.stderr).toHaveLength(3)
    const killed = await runProgram(
      `await mapTasks(${pi}, ${items}, {
         checkpointInterval: 0.01,
         onEvent: (event) => event.kind === 'started' && console.log(JSON.stringify(event.operationId)),
       })`,
      { KTRDR_FAULT: 'task@1:flush,task@2:kill' },
    )
    expect(killed.signal).toBe('SIGKILL')
    const resumed = await runProgram(
      say(`await resumeTasks(${JSON.stringify(killed.value)}, { workers: 1 })`),
    )
    expect(resumed.value, resumed.stderr).toEqual(straight.value)
  })

  it('says which tasks were given up', async () => {
    const { value, stderr } = await runProgram(`
      const task = (x: number) => { if (x === 2) throw new Error('no twos'); return x }
      ${say(`await mapTasks(task, [1, 2, 3]).catch(({ code, message, details }) => ({ code, message, quarantined: details.quarantined }))`)}`)
    expect(value, stderr).toEqual({
      code: 'TASKS_QUARANTINED',
      message: '1 of 3 tasks were given up; task 1: no twos',
      quarantined: [{ index: 1, error: { code: 'OPERATION_FAILED', message: 'no twos' } }],
    })
  })

  it('runs one task, and returns what it made', async () => {
    const { value, stderr } = await runProgram(
      say(`await runTask((x: number) => ({ x, list: Float64Array.of(1, 2) }), 5)`),
    )
    expect(value, stderr).toEqual({ x: 5, list: [1, 2] })
  })
})
