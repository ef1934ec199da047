import { describe, expect, it } from 'vitest'
import { verificationScreen } from '../../../src/terminal/verification.ts'

type Verification = Parameters<typeof verificationScreen>[0]

const one = (changes: object = {}): Verification['checkpoints'][number] => ({
  operationId: 'op_training_20241213_143022_abc123',
  seq: 7,
  sizeBytes: 28_100,
  verdict: 'ok',
  reason: null,
  wasMarked: false,
  ...changes,
})

const found = (changes: Partial<Verification>): Verification => ({
  checkpoints: [],
  total: 0,
  vanished: 0,
  problems: [],
  repairs: [],
  ...changes,
})

describe('what verifying has found', () => {
  it('is a line a checkpoint, without reasons when all is well', () => {
    const screen = verificationScreen(found({ checkpoints: [one()], total: 1, vanished: 0 }))
    expect(screen.split('\n')).toEqual([
      'CHECKPOINT                               SIZE  VERDICT',
      'op_training_20241213_143022_abc123@7  28.1 kB  ok',
      '',
      'Read 1 checkpoint, 28.1 kB: every byte as it was saved.',
    ])
  })

  it('says of each that is not well why, and of a mark that it was wrong', () => {
    const checkpoints = [
      one({ verdict: 'damaged', reason: 'The artifact x is empty.' }),
      one({ seq: 6, wasMarked: true }),
    ]
    const screen = verificationScreen(found({ checkpoints, total: 2, vanished: 0 }))
    expect(screen).toMatch(/@7 {2}28\.1 kB {2}DAMAGED {2}The artifact x is empty\.$/m)
    expect(screen).toMatch(/@6 {2}28\.1 kB {2}ok {7}It was marked as damaged and is not\.$/m)
    expect(screen).toMatch(/^Read 2 checkpoints, 56\.2 kB: 1 cannot be used\.$/m)
  })

  it('says how many a sample was of', () => {
    expect(verificationScreen(found({ checkpoints: [one()], total: 20, vanished: 0 }))).toContain(
      'Read 1 of 20 checkpoints, 28.1 kB',
    )
  })

  it('says what went meanwhile', () => {
    expect(verificationScreen(found({ checkpoints: [one()], total: 2, vanished: 1 }))).toContain(
      'Passed over: 1, replaced or deleted meanwhile.',
    )
  })

  it('says when there is nothing', () => {
    expect(verificationScreen(found({}))).toBe('No checkpoints.')
  })

  it('fits a narrow terminal', () => {
    const checkpoints = [one({ verdict: 'damaged', reason: 'The artifact x is empty. '.repeat(9) })]
    const lines = verificationScreen(found({ checkpoints, total: 1, vanished: 0 }), 60).split('\n')
    expect(Math.max(...lines.slice(0, -1).map((line) => line.length))).toBeLessThanOrEqual(60)
    expect(lines.join('\n')).toContain('abc123@7')
  })

  it('names what else is wrong, and what was done about it', () => {
    const screen = verificationScreen(
      found({
        checkpoints: [one()],
        total: 1,
        problems: [{ subject: 'op_x', message: 'packs in which nothing lies: 1' }],
        repairs: [
          { action: 'quarantined', subject: 'op_x', what: 'op_x/1-1 is kept as q.' },
          { action: 'left', subject: 'op_y', what: 'It is running.' },
        ],
      }),
    )
    expect(screen.split('\n').slice(-3)).toEqual([
      '! op_x: packs in which nothing lies: 1',
      'Quarantined: op_x: op_x/1-1 is kept as q.',
      'Left as it is: op_y: It is running.',
    ])
  })
})
