// A data directory with a past: a finished training with its model, and one of everything that can be resumed.

import { ktrdr } from './program.ts'
import type { World } from './world.ts'

export type History = {
  readonly dataDir: string
  /** Finished; its model is walk@1. */
  readonly trained: string
  /** A training stopped at batch 130, inside its third epoch. */
  readonly cancelled: string
  /** A training killed at batch 170, inside its fourth epoch. */
  readonly killed: string
  /** A backtest stopped at bar 700: the newest. */
  readonly backtest: string
}

export async function makeHistory(world: World, name: string): Promise<History> {
  const dataDir = world.dataDir(name)
  const run = async (args: readonly string[], fault?: string): Promise<string> => {
    const { events, stderr } = await ktrdr([...args, '--progress', 'json'], {
      dataDir,
      ...(fault === undefined ? {} : { fault }),
    })
    const started = events().find(({ event }) => event === 'started')
    if (!started) throw new Error(`it did not start: ${stderr}`)
    return started['operationId'] as string
  }
  return {
    dataDir,
    trained: await run(world.train('--epochs', '3')),
    cancelled: await run(world.train('--epochs', '10'), 'batch@130:cancel'),
    killed: await run(
      world.train('--epochs', '10', '--checkpoint-every', '1epochs'),
      'batch@170:kill',
    ),
    backtest: await run(world.backtest('--checkpoint-every', '250bars'), 'bar@700:cancel'),
  }
}
