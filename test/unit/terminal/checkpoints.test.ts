import { describe, expect, it } from 'vitest'
import {
  checkpointScreen,
  checkpointsScreen,
  deleteAllQuestion,
  deletedScreen,
  deleteQuestion,
} from '../../../src/terminal/checkpoints.ts'

type Page = Parameters<typeof checkpointScreen>[0]

const PACKS = [6, 7].map((seq) => `op_training_20241213_143022_abc123/1-${seq}.safetensors`) as [
  string,
  string,
]

function part(
  name: string,
  sizeBytes: number,
  storedBytes: number,
  codecs: readonly string[],
  places: readonly string[],
): Page['artifacts'][number] {
  return { name, sizeBytes, storedBytes, codecs, places, damage: null }
}

/** The checkpoint of the picture in document 000, task 8.5. */
const PAGE: Page = {
  operationId: 'op_training_20241213_143022_abc123',
  seq: 7,
  type: 'cancellation',
  unit: 'epoch',
  at: 29,
  of: 100,
  within: null,
  createdAt: '2024-12-13T14:35:00.000Z',
  ageMs: 2 * 86_400_000,
  sizeBytes: 468_800_000,
  rawBytes: 625_000_000,
  damage: null,
  pinned: false,
  tag: null,
  note: null,
  superseded: false,
  operationType: 'training',
  operationStatus: 'cancelled',
  resumable: true,
  state: { trainLoss: 0.28, valLoss: 0.31, bestValLoss: null, learningRate: 0.001 },
  artifacts: [
    part('model', 156_200_000, 130_100_000, ['delta-isub', 'planes-huff'], [...PACKS]),
    part('optimizer', 312_400_000, 250_000_000, ['planes-huff'], [PACKS[1]]),
    part('state', 1200, 400, ['planes-zstd'], ['database']),
  ],
}

describe('a checkpoint', () => {
  it('says what was said of it', () => {
    const screen = checkpointScreen({
      ...PAGE,
      pinned: true,
      tag: 'gold',
      note: 'n',
      superseded: true,
    })
    expect(screen).toMatch(
      /^Left Behind: {6}by a rollback\nTag: {14}gold \(pinned\)\nNote: {13}n$/m,
    )
  })

  it('has the headings and labels of document 000, task 8.5', () => {
    expect(checkpointScreen(PAGE).split('\n')).toEqual([
      'Checkpoint Details',
      '==================',
      'Operation ID:     op_training_20241213_143022_abc123',
      'Version:          #7',
      'Checkpoint Type:  cancellation',
      'Created At:       2024-12-13 14:35:00 UTC',
      'Age:              2 days',
      'Integrity:        verified',
      '',
      'Training State:',
      '  Epoch:          29 / 100',
      '  Train Loss:     0.28',
      '  Val Loss:       0.31',
      '  Best Val Loss:  --',
      '  Learning Rate:  0.001',
      '',
      'Artifacts:',
      '  NAME           SIZE    STORED  CODEC                   PLACE                            INTEGRITY',
      '  model      156.2 MB  130.1 MB  delta-isub planes-huff  1-6.safetensors 1-7.safetensors  ok',
      '  optimizer  312.4 MB    250 MB  planes-huff             1-7.safetensors                  ok',
      '  state        1.2 kB     400 B  planes-zstd             database                         ok',
      '',
      'Total Size: 625 MB; its save has added 468.8 MB to the disk',
      '',
      'To resume: ktrdr operations resume op_training_20241213_143022_abc123',
    ])
  })

  it('shows the batch within an epoch', () => {
    const within = { unit: 'batch', at: 120, of: 400 }
    expect(checkpointScreen({ ...PAGE, within })).toContain('  Batch:          120 / 400\n')
  })

  it('says what is damaged', () => {
    const damage = 'the pack is 12 bytes too short'
    expect(checkpointScreen({ ...PAGE, damage })).toContain(`Integrity:        ${damage}\n`)
  })

  it('of a queue shows its tasks in work, each with the age and the size of its snapshot', () => {
    const task = { index: 3, attempts: 2, step: 7, doneRatio: 0.25, checkpoints: 12 }
    const died = { ...task, savedAtMs: Date.parse(PAGE.createdAt), snapshotBytes: 2_400_000 }
    const state = {
      total: 9,
      completed: 3,
      withCheckpoints: 2,
      checkpointsTaken: 30,
      attempts: 5,
      averageProgress: 0.36,
      quarantined: [{ index: 0, error: { message: 'no noughts' } }],
      inWork: [{ ...died, lastError: { message: 'no memory' } }],
    }
    const queue = { unit: 'task', at: 4, of: 9, operationType: 'tasks', state }
    expect(checkpointScreen({ ...PAGE, ...queue })).toContain(
      [
        'Tasks State:',
        '  Task:  4 / 9',
        '',
        'Tasks: 3 of 9 tasks done, 1 given up, 1 in work; 30 snapshots of 2 tasks',
        'TASK  PROGRESS  CHECKPOINTS  LAST    SIZE  ATTEMPTS  LAST ERROR',
        '   3       25%           12    2d  2.4 MB         2  no memory',
        '! task 0 was given up: no noughts',
        '',
        'Artifacts:',
      ].join('\n'),
    )
  })

  it('says which of its parts is damaged', () => {
    const [model, ...others] = PAGE.artifacts
    const artifacts = [{ ...model!, damage: 'A part of it is not what was saved.' }, ...others]
    expect(
      checkpointScreen({ ...PAGE, artifacts })
        .split('\n')
        .filter((line) => line.endsWith('DAMAGED')),
    ).toEqual([expect.stringMatching(/^  model /)])
  })

  it('offers no resume of what cannot be resumed', () => {
    expect(checkpointScreen({ ...PAGE, resumable: false })).not.toContain('To resume')
  })
})

describe('the list of checkpoints', () => {
  const bar = { ...PAGE, seq: 8, type: 'periodic', unit: 'bar', at: 7000, of: 35_000, damage: 'x' }
  const middle = { ...PAGE, within: { unit: 'batch', at: 120, of: 400 } }

  it('names each so that it can be typed, and marks the damaged', () => {
    expect(checkpointsScreen([middle, bar]).split('\n')).toEqual([
      'CHECKPOINT                            TYPE          AT                             SIZE  AGE  STATE',
      'op_training_20241213_143022_abc123@7  cancellation  epoch 29 +120/400 batches  468.8 MB   2d  ok',
      'op_training_20241213_143022_abc123@8  periodic      bar 7000                   468.8 MB   2d  DAMAGED',
      '',
      'Total: 2 checkpoints, 937.6 MB',
    ])
  })

  it('says that it is empty', () => {
    expect(checkpointsScreen([])).toBe('No checkpoints.')
  })

  it.each([40, 60, 80])('fits into %d columns', (room) => {
    for (const line of checkpointsScreen([middle, bar], room).split('\n'))
      expect(line.length).toBeLessThanOrEqual(room)
  })

  it('never gives up what tells that one is damaged', () => {
    expect(checkpointsScreen([bar], 40)).toContain('DAMAGED')
  })
})

describe('deleting', () => {
  it('asks in the words of document 000, task 8.6, and says what would go', () => {
    expect(deleteQuestion(PAGE, 3, false).split('\n')).toEqual([
      'Are you sure you want to delete checkpoint for op_training_20241213_143022_abc123?',
      '  epoch 29 of 100, 468.8 MB, saved 2 days ago, and 2 older versions',
      'This operation is CANCELLED and will not be resumable after deletion.',
    ])
  })

  it('warns only when the last checkpoint of a resumable operation goes', () => {
    const warns = (page: Page, versions: number, only: boolean): boolean =>
      deleteQuestion(page, versions, only).includes('will not be resumable')
    expect(warns(PAGE, 3, true), 'two others are left').toBe(false)
    expect(warns(PAGE, 1, true), 'none is left').toBe(true)
    expect(warns({ ...PAGE, resumable: false }, 1, false), 'it was not resumable').toBe(false)
  })

  it('counts a single older version as one', () => {
    expect(deleteQuestion({ ...PAGE, ageMs: 0 }, 2, false)).toContain(
      'saved just now, and 1 older version\n',
    )
  })

  it('answers "Checkpoint deleted." as in document 000', () => {
    expect(deletedScreen({ deleted: [PAGE], bytesFreed: 468_600_000, inUse: [] })).toBe(
      'Checkpoint deleted. Freed 468.6 MB.',
    )
  })

  it('of all asks with how many there are, and names what stays', () => {
    const other = { ...PAGE, operationId: 'op_training_20241214_000000_def456', seq: 1 }
    expect(deleteAllQuestion([PAGE, other]).split('\n')).toEqual([
      'Are you sure you want to delete all 2 checkpoints of 2 operations, 937.6 MB?',
      'Operations that have not ended well will not be resumable after deletion.',
    ])
    const deleted = { deleted: [PAGE, other], bytesFreed: 500e6, inUse: [other.operationId] }
    expect(deletedScreen(deleted).split('\n')).toEqual([
      'Checkpoints of 2 operations deleted. Freed 500 MB.',
      `! ${other.operationId} is running: its checkpoints stay.`,
    ])
    expect(deletedScreen({ deleted: [], bytesFreed: 0, inUse: [] })).toBe('No checkpoints.')
  })
})
