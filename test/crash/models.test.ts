// Deleting a model, killed at every point: it is whole, or it is gone.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FAULT_POINTS } from '../../src/core/fault.ts'
import { ktrdr } from '../support/program.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
afterAll(() => world.remove())

const COMMITTED = FAULT_POINTS.model.indexOf('model.after-commit')
const ask = async (dataDir: string, ...args: string[]): Promise<any> =>
  (await ktrdr([...args, '--json'], { dataDir })).json()

describe.concurrent('deleting a model, killed', () => {
  it.each(FAULT_POINTS.model.map((point, i) => [point, i < COMMITTED] as const))(
    'at %s, leaves it whole: %s',
    async (point, isWhole) => {
      const dataDir = world.dataDir(point)
      const train = world.train('--epochs', '1', '--json')
      expect((await ktrdr(train, { dataDir })).code).toBe(0)
      const args = ['models', 'delete', 'walk@1', '--yes']
      expect((await ktrdr(args, { dataDir, fault: `${point}:kill` })).signal).toBe('SIGKILL')

      expect((await ask(dataDir, 'models', 'list')).total).toBe(isWhole ? 1 : 0)
      if (isWhole) {
        const { files } = await ask(dataDir, 'models', 'show', 'walk@1')
        expect(files.map(({ damage }: { damage: unknown }) => damage)).toEqual(Array(6).fill(null))
      }
      expect((await ktrdr(['gc'], { dataDir })).code).toBe(0)
      const left = readdirSync(join(dataDir, 'models', 'walk', 'WALK_1h'))
      expect(left, 'after gc').toEqual(isWhole ? ['v1'] : [])
      const next = (await ktrdr(train, { dataDir })).json()
      expect(next.model.version, 'a number is given once').toBe(2)
    },
  )
})
