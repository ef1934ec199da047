import { describe, expect, it } from 'vitest'
import { findOperationId, isOperationId, newOperationId } from '../../../src/core/ids.ts'

const IDS = [
  'op_training_20241213_143022_abc123',
  'op_training_20241210_091500_def456',
  'op_backtesting_20241212_100000_abd789',
]

describe('operation ids', () => {
  it('carry type, UTC time and a tail', () => {
    const id = newOperationId('training', Date.UTC(2024, 11, 13, 14, 30, 22))
    expect(id).toMatch(/^op_training_20241213_143022_[a-z0-9]{6}$/)
    expect(isOperationId(id)).toBe(true)
  })
  it('are refused as path parts when they are none', () => {
    for (const text of [
      '../x',
      'op_training_20241213_143022_abc12',
      'op_x',
      '',
      'op_training_20241213_143022_abc123/..',
    ])
      expect(isOperationId(text), text).toBe(false)
  })
})

describe('naming an operation', () => {
  it.each([
    ['op_training_20241213_143022_abc123', 0],
    ['def456', 1],
    ['op_backtesting', 2],
    ['latest', 0],
  ])('%s', (text, index) => expect(findOperationId(text, IDS)).toBe(IDS[index]))

  it('lists the candidates when several match', () => {
    expect(() => findOperationId('op_training', IDS)).toThrow(
      'names 2 operations: op_training_20241213_143022_abc123, op_training_20241210_091500_def456.',
    )
  })
  it('says so when none matches', () => {
    expect(() => findOperationId('zzz', IDS)).toThrow('No operation is called "zzz".')
    expect(() => findOperationId('', IDS)).toThrow('No operation is called "".')
    expect(() => findOperationId('latest', [])).toThrow('There are no operations yet.')
  })
})
