import { describe, expect, it } from 'vitest'
import { logLine } from '../../../src/terminal/log-lines.ts'
import {
  allCancelledScreen,
  deletedOperationScreen,
  deleteOperationQuestion,
  detachedScreen,
  retryNotice,
  savedScreen,
  stillRunningNotice,
} from '../../../src/terminal/operation-actions.ts'

const ID = 'op_training_20241213_143022_abc123'
const HOSTILE = 'evil\u001B[2Jname\r\u202E'

const OPERATION = {
  operationId: ID,
  type: 'training',
  name: 'pullback',
  status: 'cancelled',
  progress: 0.29,
  cursor: { unit: 'epoch', at: 29, of: 100, within: null },
  metrics: {},
  checkpoint: { unit: 'epoch', at: 29 },
  checkpointBytes: 468_600_000,
  resumable: true,
  createdAt: '2024-12-13T14:30:22.000Z',
  endedAt: '2024-12-13T14:35:00.000Z',
  ageMs: 2 * 86_400_000,
  error: null,
}

describe('the question before an operation is deleted', () => {
  it('says what goes, and what that means', () => {
    expect(deleteOperationQuestion(OPERATION, false)).toBe(
      [
        `Are you sure you want to delete ${ID}?`,
        '  training of pullback, cancelled, epoch 29 of 100, started 2 days ago',
        '  its record and its log, its checkpoints (468.6 MB)',
        'It will not be resumable after deletion.',
      ].join('\n'),
    )
    const completed = { ...OPERATION, status: 'completed', resumable: false, checkpointBytes: 0 }
    expect(deleteOperationQuestion(completed, true)).toMatch(
      /\n {2}its record and its log, what it has published$/,
    )
  })
})

describe('what is said of an action', () => {
  it('names the commands to type next', () => {
    expect(detachedScreen({ operationId: ID, pid: 7 })).toBe(
      `${ID} goes on without this terminal (process 7).\nTo watch:  ktrdr operations watch ${ID}\nTo stop:   ktrdr operations cancel ${ID}`,
    )
    expect(retryNotice({ operationId: ID, isResumable: true })).toContain(
      `\nTo keep what it has computed:  ktrdr operations resume ${ID}`,
    )
    expect(retryNotice({ operationId: ID, isResumable: false })).not.toContain('resume')
  })

  it('tells where it was saved, what was deleted, and who goes on', () => {
    const cursor = { unit: 'epoch', at: 29, of: 100, within: null }
    expect(savedScreen({ ...cursor, operationId: ID, seq: 4, sizeBytes: 1500 })).toBe(
      `Saved ${ID}@4 at epoch 29 of 100 (1.5 kB).`,
    )
    expect(deletedOperationScreen({ operationId: ID, results: [HOSTILE], bytesFreed: 1500 })).toBe(
      `${ID} deleted, 1.5 kB freed.\n  evil\\u001b[2Jname\\u000d\\u202e`,
    )
    expect(stillRunningNotice([{ operationId: 'a' }, { operationId: 'b' }])).toBe(
      'Not watched any more; a, b go on.',
    )
  })

  it('of cancelling all is a table, or that there was nothing', () => {
    const silent = { ...OPERATION, status: 'running', resumable: false }
    expect(allCancelledScreen({ operations: [OPERATION], unanswered: [silent] })).toMatch(
      /^OPERATION_ID +STATUS +PROGRESS\nop_\S+ +CANCELLED +epoch 29 of 100 +can be resumed\nop_\S+ +RUNNING +epoch 29 of 100$/,
    )
    expect(allCancelledScreen({ operations: [], unanswered: [] })).toBe('Nothing is running.')
  })
})

describe('a line of the log', () => {
  it('has time, level and message, and cannot steer the terminal', () => {
    const atMs = Date.UTC(2026, 10, 27, 19, 10, 38)
    expect(logLine({ atMs, level: 30, message: 'saved' })).toBe(
      '2026-11-27 19:10:38 UTC  info   saved',
    )
    expect(logLine({ atMs, level: 50, message: HOSTILE })).toBe(
      '2026-11-27 19:10:38 UTC  ERROR  evil\\u001b[2Jname\\u000d\\u202e',
    )
    expect(logLine({ atMs: 0, level: 30, message: HOSTILE }), 'what is no line of ours').toBe(
      'evil\\u001b[2Jname\\u000d\\u202e',
    )
  })
})
