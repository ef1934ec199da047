// equity.safetensors: every bit comes back, and what is no such file is named.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EquityColumns } from '../../../src/backtest/equity-columns.ts'
import { equityFile, readEquityFile } from '../../../src/backtest/equity-file.ts'
import { encodeSafetensors } from '../../../src/core/safetensors.ts'

const columns = (length: number) =>
  fc.float64Array({ minLength: length, maxLength: length, noNaN: false })

const anyEquity: fc.Arbitrary<EquityColumns> = fc
  .tuple(
    fc.nat({ max: 20 }),
    fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
  )
  .chain(([length, symbols]) =>
    fc.record({
      firstBar: fc.option(fc.nat()),
      timeMs: columns(length),
      equity: columns(length),
      instruments: fc.tuple(
        ...symbols.map((symbol) =>
          fc.record({
            symbol: fc.constant(symbol),
            close: columns(length),
            units: columns(length),
          }),
        ),
      ),
    }),
  )

describe('equity.safetensors', () => {
  it('gives every bit back, in the order of the symbols', () => {
    fc.assert(
      fc.property(anyEquity, (equity) => {
        expect(readEquityFile(equityFile(equity))).toEqual(equity)
      }),
    )
  })

  it('is the same bytes whether its columns are views or copies', () => {
    const all = Float64Array.from({ length: 10 }, (_, i) => i / 3)
    const of = (column: Float64Array) =>
      equityFile({
        firstBar: 4,
        timeMs: column,
        equity: column,
        instruments: [{ symbol: 'X', close: column, units: column }],
      })
    expect(of(all.subarray(2, 7))).toEqual(of(all.slice(2, 7)))
  })

  const one = { dtype: 'F64', shape: [1], data: Float64Array.of(1) } as const
  const two = { dtype: 'F64', shape: [2], data: Float64Array.of(1, 2) } as const
  it.each([
    ['another format', { format: '2' }, [], 'its format is 2, expected 1'],
    ['no equity', { format: '1' }, [{ name: 'time_ms', ...one }], 'it has no column equity'],
    [
      'a close without units',
      { format: '1' },
      ['time_ms', 'equity', 'close.X'].map((name) => ({ name, ...one })),
      'it has no column units.X',
    ],
    [
      'columns of two lengths',
      { format: '1' },
      [
        { name: 'time_ms', ...one },
        { name: 'equity', ...two },
      ],
      'its columns differ in length',
    ],
  ])('with %s is refused', (_, metadata, arrays, why) => {
    expect(() => readEquityFile(encodeSafetensors({ metadata, arrays }))).toThrow(
      expect.objectContaining({
        code: 'DATA_INVALID',
        message: `This is no equity.safetensors of a backtest: ${why}.`,
      }),
    )
  })
})
