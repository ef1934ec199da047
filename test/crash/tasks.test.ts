// Tasks of a user with states of every shape, whose workers and whose parent are really killed: the results are those of
// a run that nobody disturbed.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ktrdr, ROOT, tempDir, type RunResult } from '../support/program.ts'
import { deathsIn } from '../support/queue-results.ts'

const SHAPES = join(ROOT, 'test', 'fixtures', 'tasks', 'shapes.ts')
const GENERATOR = join(ROOT, 'test', 'fixtures', 'tasks', 'generator.ts')
const INPUT = 'items.json'
const STEPS = [40, 90, 10, 60, 120, 1, 30]

function prepared() {
  const dataDir = tempDir()
  const input = join(dataDir, INPUT)
  writeFileSync(input, JSON.stringify(STEPS.map((steps) => ({ steps }))))
  const run = (module: string, flags: readonly string[], fault?: string): Promise<RunResult> =>
    ktrdr(
      [
        'tasks',
        'run',
        module,
        '--input',
        input,
        '--seed',
        '7',
        '--json',
        '--progress',
        'json',
        ...flags,
      ],
      { dataDir, ...(fault === undefined ? {} : { fault }) },
    )
  const resume = (flags: readonly string[], fault?: string): Promise<RunResult> =>
    ktrdr(['operations', 'resume', 'latest', '--json', '--progress', 'json', ...flags], {
      dataDir,
      ...(fault === undefined ? {} : { fault }),
    })
  return { run, resume }
}

const resultsOf = ({ json }: RunResult): string =>
  readFileSync(join(json().tasks.path, 'results.jsonl'), 'utf8')

const EVERY_STEP = ['--checkpoint-interval', '1ms']

describe.each([
  ['steps', SHAPES],
  ['a generator', GENERATOR],
])('tasks of %s', (_, module) => {
  it('whose workers die again and again make the same', async () => {
    const { run } = prepared()
    const whole = await run(module, ['--workers', '1'])
    expect(whole.code, whole.stderr).toBe(0)
    expect(resultsOf(whole).split('\n')).toHaveLength(STEPS.length + 1)
    const other = await run(module, ['--workers', '3'])
    expect(resultsOf(other), 'any number of workers').toBe(resultsOf(whole))
    const died = await run(module, ['--workers', '2', ...EVERY_STEP], 'task.step@17:exit')
    expect(died.code, died.stderr).toBe(0)
    expect(deathsIn(died), 'workers have died').toBeGreaterThan(10)
    expect(resultsOf(died), 'dead workers').toBe(resultsOf(whole))
  })

  it('whose parent is killed, again and again, make the same and repeat nothing that was finished', async () => {
    const { run, resume } = prepared()
    const whole = await run(module, ['--workers', '2'])
    const saves = ['--workers', '2', ...EVERY_STEP, '--checkpoint-every', '1tasks']
    let last = await run(module, saves, 'task@1:flush,task@2:kill')
    for (const kill of ['task@3:kill', 'save.after-commit@2:kill', 'save.before-commit@2:kill']) {
      expect(last.signal, last.stderr).toBe('SIGKILL')
      last = await resume(['--workers', kill.length % 2 ? '1' : '3'], kill)
    }
    expect(last.signal, last.stderr).toBe('SIGKILL')
    const cancelled = await resume([], 'task@6:cancel')
    expect(cancelled.code, cancelled.stderr).toBe(130)
    const finished = await resume(['--workers', '1'])
    expect(finished.code, finished.stderr).toBe(0)
    expect(resultsOf(finished)).toBe(resultsOf(whole))
  })
})

/** A module of its own, written for one test. */
async function runText(
  text: string,
  flags: readonly string[] = [],
  fault?: string,
): Promise<RunResult> {
  const dataDir = tempDir()
  const module = join(dataDir, 'task.mjs')
  writeFileSync(module, text)
  return ktrdr(['tasks', 'run', module, '--json', '--progress', 'json', ...flags], {
    dataDir,
    ...(fault === undefined ? {} : { fault }),
  })
}

const textsOf = ({ events }: RunResult): string[] =>
  events().flatMap(({ event, text }) => (event === 'task' ? [String(text)] : []))

describe('a task', () => {
  it('whose state cannot be saved goes on, and each snapshot that is skipped is said', async () => {
    const ran = await runText(
      `export const start = () => ({ n: 0, secret: null })
       const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
       export const step = (state) => { pause(); state.secret = state.n === 5 ? () => 1 : null; return ++state.n >= 10 }
       export const finish = ({ n }) => n`,
      EVERY_STEP,
    )
    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.json().output).toBe(10)
    const skipped = textsOf(ran).filter((text) => text.includes('a snapshot was skipped'))
    expect(skipped.length).toBeGreaterThan(0)
    expect(skipped[0]).toContain('state.secret is a function')
  })

  it('that throws at the same step three times is given up, and the others go on', async () => {
    const dataDir = tempDir()
    const module = join(dataDir, 'task.mjs')
    writeFileSync(
      module,
      `export const start = (input) => ({ input, n: 0 })
       export const step = (state) => { if (state.input === 2 && state.n === 3) throw new Error('no twos'); return ++state.n >= 5 }
       export const finish = ({ input }) => input * 10`,
    )
    writeFileSync(join(dataDir, 'in.json'), '[1, 2, 3]')
    const args = ['tasks', 'run', module, '--input', join(dataDir, 'in.json'), '--json']
    const ran = await ktrdr([...args, '--progress', 'json'], { dataDir })
    expect(ran.code, 'done, and not clean').toBe(3)
    expect(ran.json().tasks).toMatchObject({
      total: 3,
      completed: 2,
      quarantined: [{ index: 1, error: { code: 'OPERATION_FAILED', message: 'no twos' } }],
    })
    expect(textsOf(ran).filter((text) => text.includes('failed at step 3'))).toHaveLength(2)
    const lines = resultsOf(ran)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ result }) => result)).toEqual([10, null, 30])

    const fast = await ktrdr([...args, '--fail-fast', '--workers', '1'], { dataDir })
    expect(fast.code).toBe(1)
    expect(fast.json().error.message).toContain('no twos')
    expect(fast.json().error.suggestions.join()).toContain('operations resume')
  })

  it('that dies at ever other steps and is never saved is given up too', async () => {
    const counter = join(tempDir(), 'lives')
    const ran = await runText(
      `import { appendFileSync, readFileSync } from 'node:fs'
       export const start = () => ({ n: 0 })
       export const step = (state) => {
         if (state.n === 0) appendFileSync(${JSON.stringify(counter)}, 'x')
         if (state.n++ === readFileSync(${JSON.stringify(counter)}).length % 5) throw new Error('again')
       }`,
      ['--workers', '1'],
    )
    expect(ran.code, ran.stderr).toBe(3)
    expect(ran.json().tasks.quarantined[0].error.message).toBe('again')
    expect(readFileSync(counter, 'utf8')).toHaveLength(20)
  })

  it('that hangs is taken from its worker, and given up in the end', async () => {
    const ran = await runText(
      `export const start = () => ({ n: 0 })
       export const step = (state) => { if (++state.n === 3) for (;;); return false }`,
      ['--task-timeout', '300ms'],
    )
    expect(ran.code, ran.stderr).toBe(3)
    expect(ran.json().tasks.quarantined[0].error.message).toContain('It did nothing for 0.3 s')
  })

  it('that eats all memory of its worker dies without the run', async () => {
    const ran = await runText(
      `export const start = () => ({ n: 0 })
       export const step = () => { const all = []; for (;;) all.push(new Array(1e5).fill({})) }`,
      ['--worker-memory', '64MB'],
    )
    expect(ran.code, ran.stderr).toBe(3)
    expect(ran.json().tasks.quarantined[0].error.message).toMatch(/memory/i)
  })

  it('that ends its own thread is taken up again', async () => {
    const ran = await runText(
      `export const start = () => ({ n: 0 })
       export const step = (state) => { if (++state.n === 3) process.exit(0); return false }`,
    )
    expect(ran.code, ran.stderr).toBe(3)
    expect(ran.json().tasks.quarantined[0].error.message).toContain('a worker thread exited with 0')
  })

  it.each([
    ['exports nothing', 'export const x = 1', 'is no task'],
    ['cannot be parsed', 'export const = 1', 'cannot be loaded'],
    ['awaits at its top level', 'await 1; export default () => 1', 'cannot be loaded'],
  ])('whose module %s is refused, and leaves no operation', async (_, text, message) => {
    const ran = await runText(text)
    expect(ran.code).toBe(2)
    expect(ran.json().error.message).toContain(message)
  })
})
