import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { randomStream, type RandomStream } from '../../src/core/rng.ts'
import { eventsIn, ktrdr, startKtrdr, type RunResult } from '../support/program.ts'
import { makeWorld, type World } from '../support/world.ts'
import { quickOrFull } from './lab/mode.ts'

// SIGKILL at random instants, again and again, until the operation completes: resumes of resumes of resumes.
// KTRDR_TEST_SEED chooses the instants; a run prints its seed, so that a failure can be repeated (scheduling permitting).

const SEED = Number(process.env['KTRDR_TEST_SEED'] ?? 20241213)
const KILLS = quickOrFull(30, 250)

let world: World
beforeAll(async () => {
  process.stderr.write(`random kills: KTRDR_TEST_SEED=${SEED}\n`)
  world = makeWorld({ bars: 12_000, hiddenLayers: '[160, 160]', batchSize: 256 })
  return world.remove
})

type Kind = {
  readonly name: string
  readonly type: string
  readonly start: () => string[]
  readonly files: readonly string[]
  readonly bundle: 'model' | 'backtest'
  /** How long after its first save it is killed, at most: while it still works. */
  readonly withinMs: number
}

const KINDS: readonly Kind[] = [
  {
    name: 'training',
    type: 'training',
    start: () =>
      world.train('--epochs', '4', '--end', '2020-09-01', '--checkpoint-every', '1batches'),
    files: ['model.safetensors', 'history.json', 'metrics.json', 'manifest.json'],
    bundle: 'model',
    withinMs: 30,
  },
  {
    name: 'backtest',
    type: 'backtesting',
    start: () => world.backtest('--checkpoint-every', '100bars'),
    files: ['trades.csv', 'equity.safetensors', 'metrics.json', 'manifest.json'],
    bundle: 'backtest',
    withinMs: 10,
  },
]

const JSON_PROGRESS = ['--json', '--progress', 'json'] as const
const filesOf = (kind: Kind, path: string): string[] =>
  kind.files.map((name) => readFileSync(join(path, name), 'base64'))

/** Runs a command and kills it: at a random moment after its first acknowledged save, or now and then before. */
async function runAndKill(
  args: readonly string[],
  dataDir: string,
  random: RandomStream,
  withinMs: number,
): Promise<{ result: RunResult; wasAcknowledged: boolean }> {
  const run = startKtrdr([...args, ...JSON_PROGRESS], { dataDir })
  const beforeFirstSave = random.nextUnit() < 0.02
  const isAcknowledged = (): boolean =>
    eventsIn(run.stderr()).some(({ event }) => event === 'saved')
  const isOver = run.done.then(() => true)
  if (beforeFirstSave) await sleep(random.nextUnit() * 500)
  else {
    while (!isAcknowledged() && !(await Promise.race([isOver, sleep(2)])));
    await sleep(random.nextUnit() * withinMs)
  }
  const wasAcknowledged = isAcknowledged()
  run.child.kill('SIGKILL')
  return { result: await run.done, wasAcknowledged }
}

describe.concurrent('killed at random instants', () => {
  it.each(KINDS)(
    'a $name resumes to the same bytes, and loses no acknowledged save',
    async (kind) => {
      const reference = world.dataDir(`${kind.name}-reference`)
      const model = await ktrdr([...KINDS[0]!.start(), '--json'], { dataDir: reference })
      expect(model.code, model.stderr).toBe(0)
      const straight =
        kind.name === 'training'
          ? model
          : await ktrdr([...kind.start(), '--json'], { dataDir: reference })
      const expected = filesOf(kind, straight.json()[kind.bundle].path)
      if (kind.name === 'backtest')
        expect(straight.json().metrics.trades, 'there is something to get wrong').toBeGreaterThan(
          50,
        )

      const random = randomStream(SEED, 'sampling', KINDS.indexOf(kind))
      const cursors = new Set<string>()
      let kills = 0
      let afterSave = 0
      for (let round = 1; kills < KILLS; round++) {
        const dataDir = world.dataDir(`${kind.name}-${round}`)
        if (kind.name === 'backtest') await ktrdr(KINDS[0]!.start(), { dataDir })
        let args: readonly string[] = kind.start()
        let acknowledged = 0
        for (;;) {
          const { result, wasAcknowledged } = await runAndKill(args, dataDir, random, kind.withinMs)
          for (const { event, checkpoint } of result.events())
            if (event === 'saved') acknowledged = checkpoint.seq
          const list = await ktrdr(['operations', 'list', '--type', kind.type, '--json'], {
            dataDir,
          })
          const [operation] = list.json().operations
          if (result.signal === 'SIGKILL') {
            kills++
            if (wasAcknowledged && operation.status === 'failed') afterSave++
          }
          if (!operation) continue // killed before it was recorded: start again
          if (operation.status === 'completed') break
          expect(operation.status, 'the next command records the death').toBe('failed')
          expect(operation.checkpoint?.seq ?? 0, 'the newest checkpoint').toBeGreaterThanOrEqual(
            acknowledged,
          )
          if (operation.checkpoint) {
            const { at, within } = operation.checkpoint
            cursors.add(JSON.stringify([round, at, within]))
          } else acknowledged = 0
          args = operation.resumable
            ? ['operations', 'resume', operation.operationId]
            : kind.start()
        }
        const { result } = (
          await ktrdr(['operations', 'show', 'latest', '--json'], { dataDir })
        ).json()
        expect(filesOf(kind, result[kind.bundle].path)).toEqual(expected)
      }
      process.stderr.write(
        `${kind.name}: ${kills} kills, ${afterSave} after a save, ${cursors.size} cursors\n`,
      )
      expect(
        afterSave / kills,
        'kills between the first acknowledged save and the end',
      ).toBeGreaterThanOrEqual(0.8)
      expect(cursors.size, 'distinct cursors').toBeGreaterThanOrEqual(30)
    },
  )
})
