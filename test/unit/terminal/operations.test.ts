import { describe, expect, it } from 'vitest'
import { cancelledScreen } from '../../../src/terminal/operation-actions.ts'
import { deathNotice, operationScreen, operationsScreen } from '../../../src/terminal/operations.ts'
import { resultScreen } from '../../../src/terminal/results.ts'

const DAY_MS = 86_400_000

type Line = Parameters<typeof operationsScreen>[0][number]
type Page = Parameters<typeof operationScreen>[0]

/** The first operation of the picture in document 000, task 8.4. */
const TRAINING: Line = {
  operationId: 'op_training_20241213_143022_abc123',
  type: 'training',
  name: 'momentum',
  status: 'cancelled',
  progress: 0.29,
  cursor: { unit: 'epoch', at: 29, of: 100, within: { unit: 'batch', at: 120, of: 400 } },
  metrics: { trainLoss: 0.28, valLoss: 0.31, bestValLoss: null },
  checkpoint: { unit: 'epoch', at: 29 },
  checkpointBytes: 468_600_000,
  resumable: true,
  createdAt: '2024-12-13T14:30:22.000Z',
  endedAt: '2024-12-13T14:35:00.000Z',
  ageMs: 2 * DAY_MS,
  error: null,
}

const OTHERS: Line[] = [
  {
    ...TRAINING,
    operationId: 'op_training_20241210_091500_def456',
    status: 'failed',
    progress: 0.45,
    checkpoint: { unit: 'epoch', at: 45 },
    ageMs: 5 * DAY_MS,
    checkpointBytes: 0,
  },
  {
    ...TRAINING,
    operationId: 'op_backtesting_20241212_100000_ghj789',
    progress: 0.2,
    checkpoint: { unit: 'bar', at: 7000 },
    ageMs: 3 * DAY_MS,
    checkpointBytes: 0,
  },
]

const SAVED = { createdAt: '2024-12-13T14:30:22.000Z', ageMs: 0 }

const PAGE: Page = {
  ...TRAINING,
  saving: {
    policy: { every: { epoch: 10 }, intervalMs: 60_000 },
    retention: { keepLast: 3, keepBest: 1 },
    overhead: { saves: 12, blockedMs: 3.96, ratio: 0.000_298 },
  },
  fingerprints: {},
  attempts: [
    {
      number: 1,
      startedAt: '2024-12-13T14:30:22.000Z',
      endedAt: null,
      outcome: 'failed',
      reason: 'OWNER_DIED',
      program: 'ktrdr 0.1.0',
      resumedFrom: null,
    },
    {
      number: 2,
      startedAt: '2024-12-13T14:33:00.000Z',
      endedAt: null,
      outcome: null,
      reason: null,
      program: 'ktrdr 0.1.0',
      resumedFrom: { seq: 4 },
    },
  ],
  checkpoints: [
    { seq: 7, damage: null, superseded: false, ...SAVED },
    { seq: 6, damage: null, superseded: false, ...SAVED },
  ],
  state: null,
  result: null,
  log: '/data/logs/op_training_20241213_143022_abc123.jsonl',
  retriedFrom: null,
  retriedBy: [],
}

describe('the list of operations', () => {
  it('has the columns and the total of document 000, task 8.4', () => {
    expect(operationsScreen([TRAINING, ...OTHERS]).split('\n')).toEqual([
      'OPERATION_ID                           STATUS     PROGRESS  CHECKPOINT  AGE',
      'op_training_20241213_143022_abc123     CANCELLED       29%  epoch 29     2d',
      'op_training_20241210_091500_def456     FAILED          45%  epoch 45     5d',
      'op_backtesting_20241212_100000_ghj789  CANCELLED       20%  bar 7000     3d',
      '',
      'Total: 3 operations (3 resumable), 468.6 MB in checkpoints',
    ])
  })

  it('says nothing of bytes when there are none', () => {
    expect(operationsScreen(OTHERS).split('\n').at(-1)).toBe('Total: 2 operations (2 resumable)')
  })

  it('counts one as one', () => {
    const done = { ...TRAINING, resumable: false, checkpointBytes: 0, checkpoint: null }
    const lines = operationsScreen([done]).split('\n')
    expect(lines.at(-1)).toBe('Total: 1 operation (0 resumable)')
    expect(lines[1]).toContain('29%  -            2d')
  })

  it('says what to do when it is empty', () => {
    expect(operationsScreen([])).toBe(
      'No operations.\n\nStart one:  ktrdr train STRATEGY --data FILE    or see it work:  ktrdr demo',
    )
  })

  it.each([40, 60, 79])('fits into %d columns', (room) => {
    for (const line of operationsScreen([TRAINING, ...OTHERS], room).split('\n'))
      expect(line.length).toBeLessThanOrEqual(room)
  })

  it('names operations by their last characters where an id has no room', () => {
    expect(operationsScreen([TRAINING], 40).split('\n').slice(0, 2)).toEqual([
      'OPERATION_ID  STATUS     PROGRESS  AGE',
      'abc123        CANCELLED       29%   2d',
    ])
  })
})

describe('one operation', () => {
  it('tells checkpoints that no resume starts from', () => {
    const [newest, other] = PAGE.checkpoints as [
      (typeof PAGE.checkpoints)[0],
      (typeof PAGE.checkpoints)[0],
    ]
    const checkpoints = [{ ...newest, superseded: true }, other, { ...other, seq: 5, damage: 'x' }]
    expect(operationScreen({ ...PAGE, checkpoints })).toMatch(
      /^Checkpoints: {3}#6, left behind #7, damaged #5 {2}/m,
    )
  })

  it('shows where it stands, its attempts, and how to go on', () => {
    expect(operationScreen(PAGE).split('\n')).toEqual([
      'Operation ID:  op_training_20241213_143022_abc123',
      'Type:          training',
      'Name:          momentum',
      'Status:        CANCELLED',
      'Progress:      29%  epoch 29 of 100 (+120/400 batches)',
      'Created At:    2024-12-13 14:30:22 UTC  (2 days ago)',
      'Saves:         every 10 epochs, every 60 s; keeps the last 3 and the best 1',
      'Overhead:      0.03% of the running time  (12 saves, 4 ms)',
      'Checkpoints:   #7 #6  468.6 MB',
      'Log:           /data/logs/op_training_20241213_143022_abc123.jsonl',
      '',
      'Figures:',
      '  Train Loss:     0.28',
      '  Val Loss:       0.31',
      '  Best Val Loss:  --',
      '',
      'Attempts:',
      '      STARTED                  OUTCOME  REASON',
      '  #1  2024-12-13 14:30:22 UTC  failed   OWNER_DIED',
      '  #2  2024-12-13 14:33:00 UTC  running              from checkpoint #4',
      '',
      'To resume: ktrdr operations resume op_training_20241213_143022_abc123',
    ])
  })

  describe('that is completed', () => {
    const result = {
      epochs: 100,
      seed: 42,
      model: { sha256: 'f'.repeat(64), path: '/data/models/momentum/EURUSD_1h/v3', version: 3 },
      metrics: {
        trainLoss: 0.28,
        valLoss: 0.31,
        bestValLoss: 0.29,
        bestEpoch: 62,
        stoppedEarly: false,
        test: null,
      },
    }

    it('shows its result as its end did', () => {
      const screen = operationScreen({ ...PAGE, status: 'completed', result })
      expect(screen).toContain(
        `\n\n${resultScreen({ type: 'training', name: 'momentum', ...result })}\n\nAttempts:`,
      )
      expect(screen, 'what it has been about until then').not.toContain('Figures:')
    })

    it('and was found again without its database has its figures only', () => {
      const found = { model: { path: '/data/models/momentum/EURUSD_1h/v3', version: 3 } }
      expect(operationScreen({ ...PAGE, status: 'completed', result: found })).toContain('Figures:')
    })

    it('and was taken back is not any more', () =>
      expect(operationScreen({ ...PAGE, status: 'cancelled', result })).toContain('Figures:'))
  })

  it('shows why it failed, without letting the message steer the terminal', () => {
    const error = { code: 'IO_FAILED', message: 'The disk is full.\u001B[2J' }
    expect(operationScreen({ ...PAGE, error })).toContain(
      'Error:         The disk is full.\\u001b[2J',
    )
  })

  it('shows the reason of a cancel request, in whatever room there is', () => {
    const [first] = PAGE.attempts
    const reason = 'the data of the last week came from the wrong feed, and in the wrong zone'
    const attempts = [{ ...first!, outcome: 'cancelled', reason }]
    const screen = (room?: number): string => operationScreen({ ...PAGE, attempts }, room)
    expect(screen()).toContain(`cancelled  ${reason}`)
    expect(screen(80)).toContain(
      [
        '      STARTED                  OUTCOME    REASON',
        '  #1  2024-12-13 14:30:22 UTC  cancelled  the data of the last week came from',
        '                                          the wrong feed, and in the wrong',
        '                                          zone',
      ].join('\n'),
    )
    const words = screen(40).split('Attempts:')[1]!.replaceAll(/\s+/g, ' ')
    expect(words, 'not a word is lost').toContain(reason)
  })

  it('says when nothing is saved, or only when time has passed', () => {
    const saves = (every: Record<string, number>, intervalMs: number | null): string => {
      const screen = operationScreen({
        ...PAGE,
        saving: { ...PAGE.saving, policy: { every, intervalMs } },
      })
      return /Saves: +(.*)/.exec(screen)![1]!
    }
    expect(saves({}, null)).toBe('never')
    expect(saves({ batch: 37 }, null)).toContain('every 37 batches;')
    expect(saves({}, 5000)).toContain('every 5 s;')
    expect(saves({ iteration: 3 }, null), 'units that nobody knows yet').toContain(
      'every 3 iterations;',
    )
  })

  it('says that an adaptive run saves sooner than at its interval, and for how much at most', () => {
    const policy = { ...PAGE.saving.policy, adaptive: { budgetRatio: 0.005 } }
    expect(operationScreen({ ...PAGE, saving: { ...PAGE.saving, policy } })).toContain(
      'every 10 epochs, every 60 s or sooner, for at most 0.5% of the time; keeps the last 3',
    )
  })

  it.each([
    ['that has not told yet', { saves: 0, blockedMs: 0, ratio: null }],
    ['without an attempt', null],
  ])('%s has no overhead', (_, overhead) =>
    expect(operationScreen({ ...PAGE, saving: { ...PAGE.saving, overhead } })).not.toContain(
      'Overhead',
    ),
  )

  it('has no line that a terminal of 40 columns must break, but for ids and paths', () => {
    const long = operationScreen(PAGE, 40)
      .split('\n')
      .filter((line) => line.length > 40 && !/op_training/.test(line))
    expect(long).toEqual([])
  })
})

describe('the notice of a death', () => {
  it('says how to go on, if there is something to go on from', () => {
    const id = TRAINING.operationId
    expect(deathNotice(TRAINING)).toBe(
      `${id} has died since. To go on:  ktrdr operations resume ${id}`,
    )
    expect(deathNotice({ ...TRAINING, resumable: false })).not.toContain('resume')
  })
})

describe('the answer of cancel', () => {
  it('says where it stopped and how to go on', () => {
    expect(cancelledScreen(TRAINING)).toBe(
      'Cancelled at epoch 29 of 100 (+120/400 batches).\nTo continue:  ktrdr operations resume op_training_20241213_143022_abc123',
    )
  })

  it('does not claim a success when it had ended otherwise', () => {
    expect(cancelledScreen({ ...TRAINING, status: 'completed', resumable: false })).toBe(
      'It had already ended: completed at epoch 29 of 100 (+120/400 batches).',
    )
  })
})
