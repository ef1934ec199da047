import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ago,
  donePercent,
  duration,
  figure,
  idText,
  longAge,
  percent,
  shortAge,
  signedPercent,
  size,
  steadyFigure,
  title,
  utc,
  visible,
} from '../../../src/terminal/format.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [40_612, '40.6 kB'],
    [468_600_000, '468.6 MB'],
    [1_400_000_000, '1.4 GB'],
  ])('%d bytes are "%s": decimal units, as in document 000', (bytes, text) => {
    expect(size(bytes)).toBe(text)
  })
})

describe('ages', () => {
  it.each([
    [0, 'now', 'just now', 'just now'],
    [999, 'now', 'just now', 'just now'],
    [SECOND, '1s', '1 second', '1 second ago'],
    [59 * SECOND, '59s', '59 seconds', '59 seconds ago'],
    [MINUTE, '1m', '1 minute', '1 minute ago'],
    [HOUR - 1, '59m', '59 minutes', '59 minutes ago'],
    [23 * HOUR, '23h', '23 hours', '23 hours ago'],
    [2 * DAY, '2d', '2 days', '2 days ago'],
    [400 * DAY, '400d', '400 days', '400 days ago'],
    [-5 * SECOND, 'now', 'just now', 'just now'], // a clock that was set back
  ])('%d ms are "%s", "%s", "%s"', (ms, short, long, past) => {
    expect([shortAge(ms), longAge(ms), ago(ms)]).toEqual([short, long, past])
  })
})

describe('durations', () => {
  it.each([
    [0, '0.0s'],
    [440, '0.4s'],
    [949, '0.9s'],
    [950, '1s'],
    [1900, '1s'],
    [135 * SECOND, '2m 15s'],
    [60 * SECOND, '1m'],
    [64 * MINUTE, '1h 4m'],
    [DAY + 30 * SECOND, '1d'],
  ])('%d ms are "%s": two units at most', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })

  it('never has an empty text or a unit of zero behind a larger one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * DAY }), (ms) => {
        expect(duration(ms)).toMatch(/^(0\.\d|[1-9]\d*)[smhd]( [1-9]\d*[smh])?$/)
      }),
    )
  })
})

describe('figures', () => {
  it.each([
    [0.2864123, '0.2864', '0.2864'],
    [0.868, '0.868', '0.8680'],
    [42, '42', '42'],
    [-0.00012345, '-0.0001234', '-0.0001234'],
    [6210, '6 210', '6210'],
    [95_154.7, '95 155', '95155'],
    [-123_456.7, '-123 457', '-123457'],
  ])('%d is "%s", and "%s" where the width must not change', (value, text, steady) => {
    expect(figure(value)).toBe(text)
    expect(steadyFigure(value)).toBe(steady)
  })

  it('are "--" when there are none', () => {
    expect([figure(null), figure(undefined), percent(null), signedPercent(null)]).toEqual([
      '--',
      '--',
      '--',
      '--',
    ])
  })

  it('carry a sign where the sign is the message', () => {
    expect([signedPercent(0.124), signedPercent(-0.052), percent(0.54)]).toEqual([
      '+12.4%',
      '-5.2%',
      '54.0%',
    ])
  })

  it('say 100 % only when all is done', () => {
    expect([0, 0.29, 0.994, 0.9999, 1].map(donePercent)).toEqual([
      '0%',
      '29%',
      '99%',
      '99%',
      '100%',
    ])
  })
})

describe('words', () => {
  it('makes titles of keys', () => {
    expect(['trainLoss', 'bestValLoss', 'learning_rate', 'training'].map(title)).toEqual([
      'Train Loss',
      'Best Val Loss',
      'Learning Rate',
      'Training',
    ])
  })

  it('shows times in UTC', () => {
    expect(utc('2024-12-13T14:35:00.123Z'), 'document 000, task 8.5').toBe(
      '2024-12-13 14:35:00 UTC',
    )
  })

  it('shortens an id to what every command still understands', () => {
    const id = 'op_training_20241213_143022_abc123'
    expect([idText(id, 80), idText(id, 40), idText(id, Infinity)]).toEqual([id, 'abc123', id])
  })
})

describe('visible', () => {
  it.each([
    ['an escape sequence', '\u001B[2J', '\\u001b[2J'],
    ['a title change', '\u001B]0;hi\u0007', '\\u001b]0;hi\\u0007'],
    ['a carriage return', 'safe\rEVIL', 'safe\\u000dEVIL'],
    ['a one-byte CSI', '\u009B31m', '\\u009b31m'],
    ['text that runs backwards', 'abc\u202Efdp.exe', 'abc\\u202efdp.exe'],
    ['an isolate', '\u2066x\u2069', '\\u2066x\\u2069'],
  ])('unmasks %s', (_, hostile, shown) => {
    expect(visible(hostile)).toBe(shown)
  })

  it('leaves line ends and letters of every script alone', () => {
    const text = 'Größe 株価 → 5 105 bars\nnext 😀'
    expect(visible(text)).toBe(text)
  })

  it('leaves nothing that steers a terminal, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u)
      }),
    )
  })
})
