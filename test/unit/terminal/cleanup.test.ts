import { describe, expect, it } from 'vitest'
import { cleanupQuestion, cleanupScreen, statsScreen } from '../../../src/terminal/cleanup.ts'

const ID = 'op_training_20241101_080000_aaa111'
const OTHER = 'op_training_20241102_080000_bbb222'

const CLEANUP = {
  dryRun: true,
  checkpointsDeleted: 2,
  bytesFreed: 636_800_000,
  reasons: [
    { operationId: ID, seq: 3, reason: 'older than 30d', sizeBytes: 468_600_000 },
    { operationId: OTHER, seq: 4, reason: 'older than 30d', sizeBytes: 12_000_000 },
  ],
  kept: [
    { reason: 'newest 3' },
    { reason: 'newest 3' },
    { reason: 'best 1 (0.29)' },
    { reason: 'tagged (gold)' },
    { reason: 'every 10th' },
    { reason: 'running' },
  ],
  skipped: [{ operationId: OTHER, reason: 'running' }],
  orphans: [
    { path: 'packs/op_x/1-31.safetensors', reason: 'no database row', sizeBytes: 156_200_000 },
  ],
  archivedBytes: 0,
  warnings: ['The clock is wrong.'],
}

describe('clean-up', () => {
  it('says what would go and why, what is kept by which rule, and what was left alone', () => {
    expect(cleanupScreen(CLEANUP)).toBe(
      [
        'WOULD DELETE                          WHY                  SIZE',
        'op_training_20241101_080000_aaa111@3  older than 30d   468.6 MB',
        'op_training_20241102_080000_bbb222@4  older than 30d      12 MB',
        'packs/op_x/1-31.safetensors           no database row  156.2 MB',
        'KEPT  2 newest · 1 best · 1 tagged · 1 every 10th · 1 running',
        '',
        'Would free 636.8 MB. Run again without --dry-run to do it.',
        '! The clock is wrong.',
        `Left alone: ${OTHER} (running).`,
      ].join('\n'),
    )
  })

  it('that is done says what it has freed and archived', () => {
    const lines = cleanupScreen({ ...CLEANUP, dryRun: false, archivedBytes: 5e8 }).split('\n')
    expect(lines[0]).toMatch(/^DELETED /)
    expect(lines).toContain('Freed 636.8 MB. Archived 500 MB.')
  })

  it('of nothing says so in a line, and warns all the same', () => {
    const nothing = { ...CLEANUP, reasons: [], orphans: [], kept: [], skipped: [] }
    expect(cleanupScreen(nothing)).toBe('Nothing to remove.\n! The clock is wrong.')
  })

  it('fits into a narrow terminal, with ids that can still be typed', () => {
    const lines = cleanupScreen({ ...CLEANUP, orphans: [] }, 40).split('\n')
    expect(lines.slice(0, 2)).toEqual([
      'WOULD DELETE  WHY                 SIZE',
      'aaa111@3      older than 30d  468.6 MB',
    ])
  })

  it('asks with how many go, and why', () =>
    expect(cleanupQuestion(CLEANUP)).toBe(
      'Are you sure you want to delete 2 checkpoints of 2 operations? That frees 636.8 MB.\n  2 × older than 30d',
    ))
})

describe('statistics', () => {
  const stats = {
    totalCheckpoints: 4,
    totalSizeBytes: 480_600_000,
    newestAgeMs: 5000,
    valid: 3,
    reclaimableBytes: 12_000_000,
    operations: [
      {
        operationId: ID,
        status: 'failed',
        checkpoints: 4,
        sizeBytes: 480_600_000,
        oldestAgeMs: 172_800_000,
        newestAgeMs: 5000,
      },
    ],
  }

  it('have a line an operation, how many are damaged, and what could be had back', () =>
    expect(statsScreen(stats)).toBe(
      [
        'OPERATION_ID                        STATUS  CHECKPOINTS      SIZE  OLDEST  NEWEST',
        'op_training_20241101_080000_aaa111  FAILED            4  480.6 MB      2d      5s',
        '',
        'Total: 4 checkpoints (1 damaged), 480.6 MB; oldest 2 days, newest 5 seconds',
        'Reclaimable: 12 MB, by  ktrdr checkpoints cleanup',
      ].join('\n'),
    ))

  it('of nothing are a line', () => {
    const nothing = { ...stats, totalCheckpoints: 0, newestAgeMs: null, operations: [] }
    expect(statsScreen({ ...nothing, reclaimableBytes: 0 })).toBe('No checkpoints.')
  })
})
