// A search of 60 trials on two workers. Its workers die at some step of each of their lives, and its process is killed by
// SIGKILL at moments drawn from a seed, until there have been fifty deaths: the files are those of a search that nobody
// disturbed.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { randomStream } from '../../src/core/rng.ts'
import { ktrdr, startKtrdr, tempDir, type RunResult } from '../support/program.ts'
import { deathsIn } from '../support/queue-results.ts'
import { makeWorld } from '../support/world.ts'

const SEED = 20241213
const DEATHS = 50
const world = makeWorld({ bars: 500, epochs: 8 })
afterAll(world.remove)

const SPACE = join(world.directory, 'space.yaml')
writeFileSync(
  SPACE,
  `parameters:
  indicators.rsi_9.period: { type: int, min: 5, max: 20, step: 5 }
  model.architecture.hidden_layers: [[4], [8, 4], [16]]
  training.learning_rate: { type: float, min: 0.001, max: 0.1, scale: log }
`,
)
const SEARCH = ['search', world.strategy, '--space', SPACE, '--data', world.bars]
const FLAGS = ['--method', 'tpe', '--trials', '60', '--prune', '--json', '--progress', 'json']

const filesOf = ({ json }: RunResult): string[] => {
  const { path } = json().search
  return ['trials.csv', 'best.yaml', 'result.json'].map((name) =>
    readFileSync(join(path, name), 'utf8'),
  )
}

it('a search survives fifty deaths of its workers and its process, to the same bytes', async () => {
  const whole = await ktrdr([...SEARCH, ...FLAGS, '--workers', '1'], { dataDir: tempDir() })
  expect(whole.code, whole.stderr).toBe(0)

  const random = randomStream(SEED, 'sampling')
  const dataDir = tempDir()
  const saves = ['--workers', '2', '--checkpoint-interval', '1ms', '--checkpoint-every', '1trials']
  let [workers, kills] = [0, 0]
  let args = [...SEARCH, ...FLAGS, ...saves]
  let last: RunResult
  for (;;) {
    const isEnough = workers + kills >= DEATHS
    const fault = `task.step@${2 + random.nextBelow(12)}:exit`
    const { child, done } = startKtrdr(args, { dataDir, ...(isEnough ? {} : { fault }) })
    // It has saved something by then, or is killed without: both must be survived.
    if (!isEnough) void sleep(500 + random.nextBelow(1500)).then(() => child.kill('SIGKILL'))
    last = await done
    workers += deathsIn(last)
    if (last.signal !== 'SIGKILL') break
    kills++
    const { operations } = (await ktrdr(['operations', 'list', '--json'], { dataDir })).json()
    if (operations[0]?.resumable)
      args = ['operations', 'resume', 'latest', '--json', '--progress', 'json']
  }
  process.stderr.write(`search: ${workers} workers and ${kills} processes died (seed ${SEED})\n`)
  expect(last.code, last.stderr).toBe(0)
  expect(workers + kills, 'deaths').toBeGreaterThanOrEqual(DEATHS)
  expect(kills, 'of the process').toBeGreaterThan(2)
  expect(filesOf(last)).toEqual(filesOf(whole))
})
