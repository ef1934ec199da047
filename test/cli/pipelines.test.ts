// Pipelines as they look.

import { writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { makePipelineWorld } from '../support/pipelines.ts'
import { ktrdr } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'

const world = makePipelineWorld()
const dataDir = world.dataDir('data')
const typed = (...args: string[]) => ktrdr(['pipeline', ...args], { dataDir, cwd: world.directory })
const FILE = 'pipeline.yaml'

beforeAll(() => world.remove)

describe('a pipeline', () => {
  it('looks as it should, from its first run to its last', async () => {
    const expectScreen = async (name: string, ...args: string[]) => {
      const { stdout } = await typed(...args)
      expect(screenDifference(name, stdout), name).toBe('')
    }
    await expectScreen('pipeline-list-empty', 'list')
    await expectScreen('pipeline-dry-run', 'run', FILE, '--dry-run')
    const stopped = await ktrdr(['pipeline', 'run', FILE, '--progress', 'plain'], {
      dataDir,
      cwd: world.directory,
      fault: 'batch@40:cancel',
    })
    expect(stopped.code).toBe(130)
    expect(screenDifference('pipeline-stopped', stopped.stdout)).toBe('')
    expect(stopped.stderr).toContain('[2/6] train: runs (it has not run yet)\n')
    expect(stopped.stderr).toMatch(
      /Stopped in the phase train\.\nTo go on: {2}ktrdr pipeline run pipeline\.yaml\n$/,
    )
    await expectScreen('pipeline-status', 'status', FILE)
    await expectScreen('pipeline-stats', 'stats', FILE)
    await expectScreen('pipeline-dry-run-resume', 'run', FILE, '--dry-run')

    const done = await typed('run', FILE)
    expect(done.code, done.stderr).toBe(0)
    expect(screenDifference('pipeline-run', done.stdout)).toBe('')
    expect(done.stderr).toMatch(
      /^\[1\/6\] bars: cached\n\[2\/6\] train: goes on from epoch 1 of 3 /,
    )
    await expectScreen('pipeline-list', 'list')
    world.edit('walk.yaml', 'seed: 7', 'seed: 8')
    await expectScreen('pipeline-status-stale', 'status', FILE)
  })

  it('is forgotten only with a yes', async () => {
    const asked = await typed('clear', FILE, 'train')
    expect(asked.code).toBe(2)
    expect(asked.stderr).toContain('ktrdr pipeline clear pipeline.yaml train --yes')
    const cleared = await typed('clear', FILE, '--yes')
    expect(screenDifference('pipeline-clear', cleared.stdout)).toBe('')
    expect((await typed('clear', FILE, '--yes')).stdout).toBe('There was nothing to forget.\n')
  })

  it('that is broken is told with its lines, and one that is not there by its name', async () => {
    writeFileSync(world.path('broken.yaml'), 'name: x\nphases:\n  a: {kind: trian}\n')
    const broken = await typed('run', 'broken.yaml')
    expect(broken.code).toBe(7)
    expect(broken.stderr).toContain('broken.yaml:3:13 phases.a.kind: expected one of')
    expect((await typed('status', 'nosuch.yaml')).code).toBe(4)
    expect((await typed('run', FILE, '--from', 'tset')).stderr).toContain('did you mean "test"?')
  })

  it('steers no terminal, whatever its file holds', async () => {
    writeFileSync(
      world.path('evil.yaml'),
      'name: x\nphases:\n  a: {kind: command, shell: "echo \\e[31m; exit 3"}\n  "b\\e[31m": {kind: train}\n',
    )
    const evil = await typed('run', 'evil.yaml')
    expect(`${evil.stdout}${evil.stderr}`).not.toContain('\u001B')
    writeFileSync(
      world.path('evil.yaml'),
      'name: x\nphases:\n  a: {kind: command, shell: "printf \'\\\\033[31m\'; exit 3"}\n',
    )
    const failed = await typed('run', 'evil.yaml')
    expect(failed.code).toBe(1)
    expect(`${failed.stdout}${failed.stderr}`).not.toContain('\u001B')
  })
})
