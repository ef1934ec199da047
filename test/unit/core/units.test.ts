import { describe, expect, it } from 'vitest'
import { parseDuration, parseShare, parseSize } from '../../../src/core/units.ts'

describe('a duration as typed', () => {
  it.each([
    ['250ms', 250],
    ['60s', 60_000],
    ['0s', 0],
    ['0', 0],
    ['0 s', 0],
    ['0.0s', 0],
    ['10 m', 600_000],
    ['1.5h', 5_400_000],
    [' 30d ', 2_592_000_000],
  ])('"%s" is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it('is in seconds when it says nothing else, as upstream has it', () => {
    expect(parseDuration('60')).toBe(60_000)
    expect(parseDuration('1.5')).toBe(1500)
  })

  it.each(['', 's', '0nonsense', '60 seconds', '-5s', '1e3s', '5 weeks', '5s5s', 'NaNs', '.5s'])(
    '"%s" is refused with an example',
    (text) =>
      expect(() => parseDuration(text)).toThrow(
        expect.objectContaining({
          code: 'USAGE',
          message: `"${text}" is no duration.`,
          suggestions: expect.arrayContaining(['30s']),
        }),
      ),
  )
})

describe('a size as typed', () => {
  it.each([
    ['0', 0],
    ['512', 512],
    ['512 b', 512],
    ['500 kB', 500_000],
    ['1MB', 1_000_000],
    ['1MiB', 1_048_576],
    ['1.5 KiB', 1536],
    ['2gb', 2_000_000_000],
    ['1gib', 1_073_741_824],
  ])('"%s" is %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))

  it.each(['', 'MB', '-1MB', '1TB', '1 ib', '1e3', '1MB2'])('"%s" is refused', (text) =>
    expect(() => parseSize(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: `"${text}" is no size.` }),
    ),
  )
})

describe('a share as typed', () => {
  it.each([
    ['5%', 0.05],
    ['100 %', 1],
    ['0.5%', 0.005],
    ['0.005', 0.005],
    ['1', 1],
  ])('"%s" is %d', (text, share) => expect(parseShare(text)).toBe(share))

  it.each(['', '5', '0', '0%', '1.01', '-0.1', '1e-3', '100.1%', '-5%', '%', '5%%', '1e1%'])(
    '"%s" is refused',
    (text) =>
      expect(() => parseShare(text)).toThrow(
        expect.objectContaining({ code: 'USAGE', message: `"${text}" is no share.` }),
      ),
  )
})
