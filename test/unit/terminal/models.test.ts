import { describe, expect, it } from 'vitest'
import { modelsScreen, modelsDeletedScreen } from '../../../src/terminal/models.ts'

const LINE = {
  model: 'pullback/SPY_1d@1',
  operationId: 'op_training_20241213_143022_abc123',
  sizeBytes: 11_400,
  ageMs: 172_800_000,
  damage: null,
  facts: {
    epoch: 25,
    epochs: 60,
    valLoss: 0.8852,
    trainedOn: { firstMs: Date.UTC(2000, 2, 29), lastMs: Date.UTC(2017, 1, 28) },
  },
}
const LIST = { models: [LINE], total: 1, totalBytes: 11_400, unknown: [] }

describe('a list of models', () => {
  it('has a line for each, and counts them', () => {
    expect(modelsScreen({ ...LIST, total: 7, totalBytes: 80_000 })).toBe(
      [
        'MODEL              EPOCH  VAL LOSS  TRAINED ON                  SIZE  AGE  OPERATION',
        'pullback/SPY_1d@1  25/60    0.8852  2000-03-29 … 2017-02-28  11.4 kB   2d  abc123',
        '',
        'Total: 7 models (1 shown), 80 kB',
      ].join('\n'),
    )
  })

  it('keeps name and loss where there is no room for more', () => {
    const lines = modelsScreen(LIST, 40).split('\n')
    expect(lines.slice(0, 2)).toEqual([
      'MODEL              VAL LOSS  AGE',
      'pullback/SPY_1d@1    0.8852   2d',
    ])
  })

  it('says which cannot be used, and what is not of this data directory', () => {
    const screen = modelsScreen({
      models: [{ ...LINE, facts: null, damage: 'gone' }],
      total: 1,
      totalBytes: 0,
      unknown: ['/m/a/v1', '/m/a/v2', '/m/a/v3', '/m/a/v4'],
    })
    expect(screen).toMatch(/^pullback\/SPY_1d@1 +DAMAGED /m)
    expect(screen).toContain('! pullback/SPY_1d@1: gone\n')
    expect(screen).toContain(
      '! 4 models that this data directory knows nothing of: /m/a/v1, /m/a/v2, /m/a/v3 and 1 more',
    )
  })

  it('cannot steer the terminal by a name that somebody chose', () => {
    const hostile = 'a\u001B[2J\u202Eb'
    const screens = [
      modelsScreen({ ...LIST, models: [{ ...LINE, model: hostile }], unknown: [hostile] }),
      modelsDeletedScreen({
        dryRun: true,
        deleted: [{ ...LINE, model: hostile }],
        bytesFreed: 1,
      }),
    ]
    for (const screen of screens) expect(screen).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u)
  })
})
