// Folds whose workers and whose parent are really killed: trades, equity and the table of folds are those of a run that
// nobody disturbed.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomStream } from '../../src/core/rng.ts'
import { eventsIn, ktrdr, startKtrdr, type RunResult } from '../support/program.ts'
import { deathsIn } from '../support/queue-results.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
let space: string
beforeAll(() => {
  world = makeWorld({ bars: 1500, epochs: 8, batchSize: 8 })
  space = join(world.directory, 'space.yaml')
  writeFileSync(space, 'parameters: { training.learning_rate: [0.001, 0.003, 0.01, 0.03] }\n')
})
afterAll(() => world.remove())

const FILES = ['trades.csv', 'equity.safetensors', 'folds.csv', 'metrics.json', 'manifest.json']
const JSON_PROGRESS = ['--json', '--progress', 'json']
const EVERY_STEP = ['--checkpoint-interval', '1ms', '--checkpoint-every', '1folds']

const filesOf = ({ json }: RunResult): string[] =>
  FILES.map((name) => readFileSync(join(json().walkforward.path, name), 'base64'))

function runsIn(dataDir: string) {
  const withFault = (fault?: string) => ({ dataDir, ...(fault === undefined ? {} : { fault }) })
  return {
    walk: (flags: readonly string[], fault?: string): Promise<RunResult> =>
      ktrdr(
        [
          'walkforward',
          world.strategy,
          '--data',
          world.bars,
          '--train',
          '500bars',
          '--test',
          '120bars',
          ...JSON_PROGRESS,
          ...flags,
        ],
        withFault(fault),
      ),
    resume: (flags: readonly string[], fault?: string): Promise<RunResult> =>
      ktrdr(['operations', 'resume', 'latest', ...JSON_PROGRESS, ...flags], withFault(fault)),
  }
}

describe.each([
  ['folds', (): string[] => []],
  ['folds that search', (): string[] => ['--search', space, '--method', 'grid', '--epochs', '3']],
])('%s', (name, flags) => {
  it('whose workers die again and again, and whose parent is killed again and again, come to the same files', async () => {
    const whole = await runsIn(world.dataDir(`${name} whole`)).walk([...flags(), '--workers', '1'])
    expect(whole.code, whole.stderr).toBe(0)
    expect(whole.json().folds).toHaveLength(8)
    expect(whole.json().trades).toBeGreaterThan(5)

    const died = await runsIn(world.dataDir(`${name} died`)).walk(
      [...flags(), '--workers', '2', ...EVERY_STEP],
      'task.step@7:exit',
    )
    expect(died.code, died.stderr).toBe(0)
    expect(deathsIn(died), 'workers have died').toBeGreaterThan(5)
    expect(filesOf(died), 'dead workers').toEqual(filesOf(whole))

    const { walk, resume } = runsIn(world.dataDir(`${name} killed`))
    let last = await walk([...flags(), '--workers', '2', ...EVERY_STEP], 'fold@1:flush,fold@2:kill')
    for (const kill of ['fold@3:kill', 'save.after-commit@2:kill', 'save.before-commit@2:kill']) {
      expect(last.signal, last.stderr).toBe('SIGKILL')
      last = await resume(['--workers', kill.length % 2 ? '1' : '3'], `${kill},task.step@9:exit`)
    }
    expect(last.signal, last.stderr).toBe('SIGKILL')
    const cancelled = await resume([], 'fold@7:cancel')
    expect(cancelled.code, cancelled.stderr).toBe(130)
    const finished = await resume(['--workers', '2'])
    expect(finished.code, finished.stderr).toBe(0)
    expect(finished.json().resumedFrom, 'not from the beginning').not.toBeNull()
    expect(filesOf(finished)).toEqual(filesOf(whole))
  })
})

// KTRDR_TEST_SEED chooses the instants, as in random-kills.test.ts.
const SEED = Number(process.env['KTRDR_TEST_SEED'] ?? 20241213)
const MOST_KILLS = 12

it('folds whose parent is killed at random instants come to the same files', async () => {
  process.stderr.write(`random kills of folds: KTRDR_TEST_SEED=${SEED}\n`)
  const args = [
    'walkforward',
    world.strategy,
    '--data',
    world.bars,
    '--train',
    '500bars',
    '--test',
    '120bars',
    '--epochs',
    '30',
    ...JSON_PROGRESS,
  ]
  const whole = await ktrdr(args, { dataDir: world.dataDir('random whole') })
  expect(whole.code, whole.stderr).toBe(0)

  const dataDir = world.dataDir('random killed')
  const { nextUnit } = randomStream(SEED, 'sampling')
  let kills = 0
  let next = [...args, '--workers', '2', ...EVERY_STEP]
  for (; kills < MOST_KILLS; next = ['operations', 'resume', 'latest', ...JSON_PROGRESS]) {
    const run = startKtrdr(next, { dataDir })
    const isSaved = (): boolean => eventsIn(run.stderr()).some(({ event }) => event === 'saved')
    const isOver = run.done.then(() => true)
    while (!isSaved()) if (await Promise.race([isOver, sleep(5, false)])) break
    await sleep(nextUnit() * 250)
    run.child.kill('SIGKILL')
    const { signal, stderr } = await run.done
    if (signal !== 'SIGKILL') {
      expect(eventsIn(stderr).at(-1), stderr).toMatchObject({ status: 'completed' })
      break
    }
    kills++
  }
  expect(kills, 'it was killed').toBeGreaterThan(1)
  await ktrdr(next, { dataDir }) // refused, where the last one came to its end
  const shown = (await ktrdr(['operations', 'show', 'latest', '--json'], { dataDir })).json()
  expect(shown.status).toBe('completed')
  const { path } = shown.result.walkforward
  const files = FILES.map((name) => readFileSync(join(path, name), 'base64'))
  expect(files).toEqual(filesOf(whole))
})
