import { describe, expect, it } from 'vitest'
import {
  errorFromData,
  errorToData,
  EXIT_CODES,
  invariant,
  KtrdrError,
  systemCode,
} from '../../../src/core/errors.ts'

describe('an error that crosses a thread', () => {
  const error = new KtrdrError('CHECKPOINT_CORRUPT', 'The pack is damaged.', {
    suggestions: ['ktrdr checkpoints show latest'],
    details: { seq: 3 },
    cause: new Error('EIO'),
  })

  it('keeps code, sentence, suggestions, facts and stack', () => {
    const back = errorFromData(structuredClone(errorToData(error)))
    expect(back).toBeInstanceOf(KtrdrError)
    expect(errorToData(back)).toEqual(errorToData(error))
    expect(back.exitCode).toBe(6)
    expect(back.stack).toBe(error.stack)
  })

  it.each([
    ['an error that is not ours', new TypeError('x is undefined'), 'x is undefined'],
    ['a thrown text', 'boom', 'boom'],
    ['a thrown undefined', undefined, 'undefined'],
  ])('%s is a bug of ktrdr: INVARIANT, exit 70', (_, thrown, message) => {
    const data = errorToData(thrown)
    expect(data).toMatchObject({ code: 'INVARIANT', message, suggestions: [], details: {} })
    expect(errorFromData(data).exitCode).toBe(70)
  })
})

describe('exit codes', () => {
  // Reference: the table "Errors" of the architecture; scripts rely on these numbers.
  it.each([
    [1, ['IO_FAILED', 'OPERATION_FAILED', 'OWNERSHIP_LOST', 'TRAINING_DIVERGED']],
    [2, ['CONFIRMATION_REQUIRED', 'USAGE']],
    [3, ['LOOKS_AHEAD', 'REPAIR_INCOMPLETE', 'SWEEP_INCOMPLETE', 'TASKS_QUARANTINED']],
    [
      4,
      [
        'CHECKPOINT_NOT_FOUND',
        'FILE_NOT_FOUND',
        'INDICATOR_NOT_FOUND',
        'MODEL_NOT_FOUND',
        'OPERATION_NOT_FOUND',
        'PHASE_NOT_FOUND',
      ],
    ],
    [
      5,
      [
        'HAS_RESULTS',
        'MODEL_IN_USE',
        'NOT_CANCELLABLE',
        'NOT_RESUMABLE',
        'NOT_RETRYABLE',
        'NOT_RUNNING',
        'OPERATION_ALREADY_RUNNING',
        'PIPELINE_RUNNING',
      ],
    ],
    [
      6,
      [
        'CHECKPOINT_CORRUPT',
        'FINGERPRINT_CHANGED',
        'FORMAT_TOO_NEW',
        'KEY_REQUIRED',
        'MODEL_CORRUPT',
      ],
    ],
    [
      7,
      [
        'DATA_INVALID',
        'NOT_YET_SUPPORTED',
        'PIPELINE_INVALID',
        'SPACE_INVALID',
        'STRATEGY_INVALID',
      ],
    ],
    [70, ['INVARIANT']],
    [130, ['CANCELLED']],
  ])('%i means exactly %j', (exitCode, codes) => {
    const found = Object.entries(EXIT_CODES).filter(([, exit]) => exit === exitCode)
    expect(found.map(([code]) => code).toSorted()).toEqual(codes)
  })

  it('there are no others', () => {
    expect(new Set(Object.values(EXIT_CODES))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 70, 130]))
  })
})

describe('an invariant', () => {
  it('that holds says nothing; that is broken is a bug with its sentence', () => {
    expect(() => invariant('something', 'one is less')).not.toThrow()
    expect(() => invariant(0, 'nought is something')).toThrow(
      expect.objectContaining({ code: 'INVARIANT', message: 'nought is something' }),
    )
  })
})

describe('the code of a system error', () => {
  it.each([
    [Object.assign(new Error('no'), { code: 'ENOENT' }), 'ENOENT'],
    [Object.assign(new Error('no'), { code: 5 }), undefined],
    [new Error('no'), undefined],
    [null, undefined],
    ['ENOENT', undefined],
  ])('%s → %s', (error, code) => expect(systemCode(error)).toBe(code))
})
