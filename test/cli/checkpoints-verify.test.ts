// `checkpoints verify`: what it prints, what it answers, and what it leaves in the database.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeHistory, type History } from '../support/history.ts'
import { ktrdr } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
let history: History

beforeAll(async () => {
  history = await makeHistory(world, 'history')
  return world.remove
})

const run = (...args: string[]) => ktrdr(['checkpoints', ...args], { dataDir: history.dataDir })

describe('checkpoints verify', () => {
  it('finds every checkpoint of every operation whole', async () => {
    const { total } = (await run('list', '--json')).json()
    const { code, stderr, json } = await run('verify', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(json()).toMatchObject({ total, vanished: 0, damaged: 0 })
    expect(json().checkpoints).toHaveLength(total)
    expect(json().checkpoints[0]).toEqual({
      operationId: history.backtest,
      seq: expect.any(Number),
      sizeBytes: expect.any(Number),
      verdict: 'ok',
      reason: null,
      wasMarked: false,
    })
  })

  it('reads those of one operation, or one', async () => {
    const { stdout } = await run('verify', history.cancelled)
    expect(screenDifference('checkpoints-verify', stdout)).toBe('')
    const { checkpoints } = (await run('verify', `${history.backtest}@2`, '--json')).json()
    expect(checkpoints).toMatchObject([{ operationId: history.backtest, seq: 2 }])
  })

  it('reads a sample', async () => {
    const { checkpoints, total } = (await run('verify', '--sample', '1%', '--json')).json()
    const packed = checkpoints.filter((one: any) => one.operationId !== history.backtest)
    expect(packed.length, 'those that need one pack').toBeGreaterThan(0)
    expect(total).toBeGreaterThan(checkpoints.length)
  })

  it.each([
    [['--sample', '0%'], 2, 'USAGE'],
    [['--sample', '101%'], 2, 'USAGE'],
    [['latest', '--all'], 2, 'USAGE'],
    [['latest@99'], 4, 'CHECKPOINT_NOT_FOUND'],
    [['zzzzzz'], 4, 'OPERATION_NOT_FOUND'],
  ])('%j: exit %d, %s', async (args, exit, name) => {
    const { code, stdout, stderr } = await run('verify', ...args)
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(stderr).toContain(`Code: ${name}\n`)
  })

  it('names and marks what is damaged, exits with 6, and takes it back when it is whole', async () => {
    const id = `${history.cancelled}@1`
    const { path } = (await run('show', id, '--json')).json()
    const pack = join(history.dataDir, 'packs', path)
    const whole = readFileSync(pack)
    writeFileSync(pack, whole.subarray(1))

    const { code, stdout, stderr } = await run('verify', id)
    expect(code).toBe(6)
    expect(screenDifference('checkpoints-verify-damaged', stdout)).toBe('')
    expect(screenDifference('error-verify-damaged', stderr)).toBe('')
    const answer = await run('verify', '--json')
    expect(answer.code).toBe(6)
    expect(answer.json()).toMatchObject({
      error: { code: 'CHECKPOINT_CORRUPT', details: { damaged: 1, vanished: 0 } },
    })
    const listed = async () =>
      (await run('list', history.cancelled, '--json'))
        .json()
        .checkpoints.find(({ seq }: { seq: number }) => seq === 1).damage
    expect(await listed(), 'marked').toMatch(/bytes instead of/)

    writeFileSync(pack, whole)
    const again = await run('verify', id, '--json')
    expect(again.code).toBe(0)
    expect(again.json().checkpoints).toMatchObject([{ verdict: 'ok', wasMarked: true }])
    expect(await listed(), 'cleared').toBeNull()
  })

  it('repairs: what can never be read goes, its pack into quarantine', async () => {
    const { checkpoints } = (await run('list', history.killed, '--json')).json()
    const id = `${history.killed}@${checkpoints[0].seq}`
    const { path } = (await run('show', id, '--json')).json()
    const pack = join(history.dataDir, 'packs', path)
    writeFileSync(pack, readFileSync(pack).subarray(1))
    const { code, stdout } = await run('verify', id, '--repair')
    expect(screenDifference('checkpoints-repair', stdout)).toBe('')
    expect(code).toBe(0)
    expect((await run('verify', '--all')).code).toBe(0)
    expect((await run('show', id)).code).toBe(4)
  })
})
