// The contract with scripts: stdout is one JSON document and nothing else. Keys may be added, never removed.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeHistory, type History } from '../support/history.ts'
import { ktrdr } from '../support/program.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
let history: History

beforeAll(async () => {
  history = await makeHistory(world, 'history')
  return world.remove
})

const isText = expect.any(String)
const isNumber = expect.any(Number)
const isList = expect.any(Array)
const isSha = expect.stringMatching(/^[0-9a-f]{64}$/)
const isTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

const CHECKPOINT = {
  operationId: isText,
  seq: isNumber,
  type: isText,
  unit: isText,
  at: isNumber,
  of: isNumber,
  createdAt: isTime,
  ageMs: isNumber,
  sizeBytes: isNumber,
  damage: null,
}

const OPERATION = {
  operationId: isText,
  type: isText,
  name: 'walk',
  status: isText,
  progress: isNumber,
  metrics: expect.any(Object),
  checkpoint: expect.objectContaining(CHECKPOINT),
  resumable: true,
  createdAt: isTime,
  ageMs: isNumber,
}

const TRAINED = {
  operationId: expect.stringMatching(/^op_training_/),
  status: 'completed',
  model: { path: expect.stringContaining('/models/walk/'), sha256: isSha, version: isNumber },
  epochs: 3,
  metrics: expect.objectContaining({ trainLoss: isNumber, valLoss: isNumber, bestEpoch: isNumber }),
  history: expect.objectContaining({
    epoch: [1, 2, 3],
    trainLoss: [isNumber, isNumber, isNumber],
    valLoss: [isNumber, isNumber, isNumber],
  }),
  seed: 7,
  resumedFrom: null,
}

const BACKTESTED = {
  operationId: expect.stringMatching(/^op_backtesting_/),
  status: 'completed',
  metrics: expect.objectContaining({
    totalReturnRatio: isNumber,
    sharpeRatio: isNumber,
    maxDrawdownRatio: isNumber,
    trades: isNumber,
  }),
  finalEquity: isNumber,
  trades: isNumber,
  equitySha256: isSha,
  tradesSha256: isSha,
}

/** The document of a command that must say nothing else. */
async function document(args: readonly string[], dataDir = history.dataDir, exit = 0) {
  const { stdout, stderr, code, json } = await ktrdr([...args, '--json'], { dataDir })
  expect({ stderr, code }, 'progress is not shown unless it is asked for').toEqual({
    stderr: '',
    code: exit,
  })
  expect(stdout, 'it ends like a text file').toMatch(/\}\n$/)
  return json() as Record<string, unknown>
}

describe.concurrent('one document on stdout', () => {
  it('operations list', async () => {
    const { operations, total, resumable } = await document(['operations', 'list', '--resumable'])
    expect({ total, resumable }).toEqual({ total: 3, resumable: 3 })
    for (const operation of operations as unknown[]) expect(operation).toMatchObject(OPERATION)
    expect(await document(['operations', 'list'], world.dataDir('none'))).toEqual({
      operations: [],
      total: 0,
      resumable: 0,
    })
  })

  it('operations show', async () => {
    expect(await document(['operations', 'show', history.killed])).toMatchObject({
      ...OPERATION,
      status: 'failed',
      error: { code: 'OWNER_DIED', message: isText },
      attempts: [{ number: 1, startedAt: isTime, outcome: 'failed', resumedFrom: null }],
      checkpoints: isList,
      fingerprints: expect.any(Object),
      log: expect.stringMatching(/\.jsonl$/),
    })
  })

  it('checkpoints list and show', async () => {
    const listed = await document(['checkpoints', 'list', history.cancelled])
    expect(listed).toMatchObject({ checkpoints: [CHECKPOINT], total: 1 })
    expect(await document(['checkpoints', 'show', history.cancelled])).toMatchObject({
      ...CHECKPOINT,
      operationType: 'training',
      operationStatus: 'cancelled',
      resumable: true,
      within: { unit: 'batch', at: 26, of: 52 },
      state: { trainLoss: isNumber, valLoss: isNumber, learningRate: 0.005 },
      artifacts: isList,
      path: isText,
    })
  })

  it('train and backtest', async () => {
    const dataDir = world.dataDir('runs')
    expect(await document(world.train('--epochs', '3'), dataDir)).toMatchObject(TRAINED)
    const tested = await document(world.backtest(), dataDir)
    expect(tested).toMatchObject(BACKTESTED)
    const { path } = tested['backtest'] as { path: string }
    const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'))
    expect(manifest.account, 'all of it, also what was left at its default').toEqual({
      capital: 100_000,
      commission: 0.001,
      slippage: 0.0005,
      positionSize: 0.25,
      wholeUnits: false,
      maintenanceMargin: 0.25,
      costs: { borrowFee: 0.005 },
    })
  })

  it('validate --data', async () => {
    const data = ['--data', `WALK=${world.bars}`, '--start', '2020-01-10']
    expect(await document(['validate', world.strategy, ...data])).toMatchObject({
      valid: true,
      name: 'walk',
      features: isList,
      series: [],
      warnings: [],
      slices: { train: isNumber, validation: isNumber, test: isNumber },
      next: [['ktrdr', 'train', world.strategy, ...data].join(' ')],
    })
  })

  it('train --dry-run', async () => {
    expect(await document(world.train('--dry-run'))).toMatchObject({
      type: 'training',
      name: 'walk',
      headline: isList,
      warnings: isList,
      settings: expect.any(Object),
      saving: expect.any(Object),
    })
  })

  it('a run that is stopped, and its resume', async () => {
    const dataDir = world.dataDir('stopped')
    const args = [...world.train('--epochs', '3'), '--json']
    const stopped = await ktrdr(args, { dataDir, fault: 'batch@90:cancel' })
    expect(stopped).toMatchObject({ code: 130, stderr: '' })
    expect(stopped.json()).toMatchObject({
      status: 'cancelled',
      checkpoint: { ...CHECKPOINT, type: 'cancellation' },
      resumable: true,
      cursor: { unit: 'epoch', at: 1, of: 3, within: { at: 38, of: 52 } },
    })
    expect(await document(['operations', 'resume', 'latest'], dataDir)).toMatchObject({
      ...TRAINED,
      operationId: stopped.json().operationId,
      resumedFrom: { seq: 1, type: 'cancellation', createdAt: isTime, epoch: 1, batch: 38 },
    })
  })

  it('checkpoints delete', async () => {
    const dataDir = world.dataDir('deleted')
    await ktrdr(world.train(), { dataDir, fault: 'batch@90:cancel' })
    const answer = await document(['checkpoints', 'delete', 'latest', '--yes'], dataDir)
    const [deleted] = answer['deleted'] as { sizeBytes: number }[]
    expect(answer).toMatchObject({ deleted: [CHECKPOINT], bytesFreed: deleted!.sizeBytes })
    expect(await document(['checkpoints', 'delete', '--all'], dataDir), 'nothing left').toEqual({
      deleted: [],
      inUse: [],
      bytesFreed: 0,
    })
  })

  it('validate, gc', async () => {
    expect(await document(['validate', world.strategy])).toMatchObject({
      valid: true,
      name: 'walk',
      path: world.strategy,
      features: ['1h_rsi_low', '1h_rsi_high', '1h_roc_5_raw'],
      warnings: [],
    })
    expect(await document(['gc', '--dry-run'])).toEqual({
      dryRun: true,
      removed: [],
      inUse: [],
      unknown: [],
      failed: [],
      compacted: [],
      bytesFreed: 0,
    })
    expect(await document(['gc'])).toMatchObject({ dryRun: false })
  })
})

describe.concurrent('an error is a document too', () => {
  it.each([
    [['operations', 'show', 'zzzzzz'], 4, 'OPERATION_NOT_FOUND'],
    [['checkpoints', 'delete', 'latest'], 2, 'CONFIRMATION_REQUIRED'],
    [['checkpoints', 'delete'], 2, 'USAGE'],
    [['checkpoints', 'delete', 'latest', '--all'], 2, 'USAGE'],
    [['train'], 2, 'USAGE'],
    [['train', 'x', '--data', 'y', '--epochs', 'z'], 2, 'USAGE'],
    [['operations', 'list', '--bogus'], 2, 'USAGE'],
    [['trian', 'x', 'a b'], 2, 'USAGE'],
    [['gc', 'extra'], 2, 'USAGE'],
  ])('%j: exit %d, %s', async (args, exit, code) => {
    const { error } = await document(args, history.dataDir, exit)
    expect(error).toEqual({
      code,
      message: expect.stringMatching(/^[^\n]+[.?]$/),
      suggestions: isList,
      details: expect.any(Object),
    })
  })

  it('has no stack and no colour, even when a run fails', async () => {
    const { stdout, json } = await ktrdr([...world.train(), '--json'], {
      dataDir: world.dataDir('failed'),
      fault: 'batch@60:throw',
      env: { FORCE_COLOR: '1', NO_COLOR: '' },
    })
    expect(json()).toMatchObject({
      error: { code: 'OPERATION_FAILED', details: { operationId: isText } },
    })
    expect(stdout).not.toMatch(/\\u001b| {4}at /)
  })
})

describe('--progress json', () => {
  it('tells every event in one line of JSON on stderr', async () => {
    const { stdout, stderr, json } = await ktrdr(
      [
        ...world.train('--epochs', '3', '--checkpoint-every', '1epochs'),
        '--json',
        '--progress',
        'json',
      ],
      { dataDir: world.dataDir('events') },
    )
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string })
    const kinds = events.map(({ event }) => event)
    expect(kinds.filter((kind) => kind !== 'stage').slice(0, 3)).toEqual([
      'loading',
      'loaded',
      'started',
    ])
    const stages = events.flatMap((event) => ('stage' in event ? [event.stage] : []))
    expect(stages).toEqual([
      'reading data',
      'computing features',
      'making labels',
      'normalising features',
      'preparing the first step',
      'judging',
      'publishing',
    ])
    expect(kinds).toContain('saved')
    expect(events.at(-1)).toEqual({ event: 'ended', status: 'completed', error: null })
    expect(json().operationId, stdout).toBe(
      (events.find(({ event }) => event === 'started') as unknown as { operationId: string })
        .operationId,
    )
  })

  it('leaves stdout to the result: a plain run prints the screen there, once', async () => {
    const { stdout } = await ktrdr(world.train('--epochs', '3', '--progress', 'json'), history)
    expect(stdout).toMatch(/^Model {4}walk@\d+ /)
    expect(stdout.match(/^Model /gm)).toHaveLength(1)
  })
})
