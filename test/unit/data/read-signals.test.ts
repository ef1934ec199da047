import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readSignals } from '../../../src/data/read-signals.ts'
import { tempFile } from '../../support/csv-files.ts'
import { tempParquet } from '../../support/parquet-files.ts'

const day = (text: string) => Date.parse(`${text}T00:00:00Z`)
const timestampMs = Float64Array.of(day('2024-01-02'), day('2024-01-04'))

const PROBABILITIES =
  'timestamp,p_buy,p_hold,p_sell\n2024-01-02,0.7,0.2,0.1\n2024-01-03,,,\n2024-01-04,0,0.25,0.75\n'
const probabilities = {
  kind: 'probabilities',
  timestampMs,
  values: Float32Array.of(0.7, 0.2, 0.1, 0, 0.25, 0.75),
}
const WORDS = 'timestamp,signal\n2024-01-02,BUY\n2024-01-03,\n2024-01-04,sell\n'
const POSITIONS = 'timestamp,position\n2024-01-02,1.0\n2024-01-03,\n2024-01-04,-1\n'

describe('readSignals', () => {
  it.each<[string, string | Uint8Array]>([
    [
      'columns in any order, beside others',
      'note,p_sell,P_BUY,date,p_hold\nx,.1,.7,2024-01-02,.2\n,.75,0,2024-01-04,.25\n',
    ],
    ['a row without a value as none', PROBABILITIES],
    ['gzip', gzipSync(PROBABILITIES)],
    ['semicolons', PROBABILITIES.replaceAll(',', ';')],
    ['epoch seconds', 'time,p_buy,p_hold,p_sell\n1704153600,0.7,0.2,0.1\n1704326400,0,0.25,0.75\n'],
  ])('reads probabilities: %s', async (_, text) => {
    expect(await readSignals(tempFile(text))).toEqual(probabilities)
  })

  it('reads words as certain probabilities', async () => {
    expect(await readSignals(tempFile(WORDS))).toEqual({
      kind: 'signal',
      timestampMs,
      values: Float32Array.of(1, 0, 0, 0, 0, 1),
    })
  })

  it('reads positions', async () => {
    expect(await readSignals(tempFile(POSITIONS))).toEqual({
      kind: 'position',
      timestampMs,
      values: Float32Array.of(1, -1),
    })
    const flat = await readSignals(tempFile('date,position\n2024-01-02,-0\n'))
    expect(Object.is(flat.values[0], 0), '−0 is 0').toBe(true)
  })

  it('reads the same from Parquet, nothing and NaN being no value', async () => {
    const stamps = ['2024-01-02', '2024-01-03', '2024-01-04'].map(day)
    const date = { name: 'date', data: Float64Array.from(stamps), type: 'TIMESTAMP' as const }
    const numbers = (name: string, data: (number | null)[]) => ({
      name,
      data,
      type: 'DOUBLE' as const,
    })
    const typed = [
      numbers('p_buy', [0.7, null, 0]),
      date,
      numbers('p_hold', [0.2, NaN, 0.25]),
      numbers('p_sell', [0.1, NaN, 0.75]),
    ]
    expect(await readSignals(tempParquet(typed))).toEqual(probabilities)
    const words = [date, { name: 'signal', data: ['BUY', '', 'sell'] }]
    expect(await readSignals(tempParquet(words))).toEqual(await readSignals(tempFile(WORDS)))
  })

  it.each<[string, string, RegExp]>([
    ['a stamp twice', WORDS.replace('01-04', '01-02'), /:4: 2024-01-02.* is there twice; remove/],
    ['rows out of order', WORDS.replace('01-04', '01-01'), /:4: 2024-01-01.* comes after .*; sort/],
    ['order of rows without a value', WORDS.replace('01-03', '01-01'), /:3: 2024-01-01/],
    ['a word', WORDS.replace('sell', 'short'), /:4: signal is "short", expected BUY, HOLD or SELL/],
    ['a score', PROBABILITIES.replace('0.7,', '1.7,'), /:2: p_buy is 1.7, expected a probability/],
    [
      'half a row',
      PROBABILITIES.replace('0.7,', ','),
      /:2: p_buy is empty, expected a plain number/,
    ],
    ['no stamp', WORDS.replace('2024-01-04', 'soon'), /:4: "soon"/],
    [
      'a part of a position',
      POSITIONS.replace('1.0', '0.5'),
      /:2: position is 0.5, expected -1, 0 or 1: a part .*--position-size/,
    ],
    [
      'no signals at all',
      'date,close\n2024-01-02,1\n',
      /has "date", "close", expected timestamp and/,
    ],
    ['no stamps at all', 'p_buy,p_hold,p_sell\n1,0,0\n', /expected timestamp and either/],
    ['one probability missing', 'date,p_buy,p_sell\n2024-01-02,1,0\n', /expected timestamp and/],
    [
      'two kinds',
      'date,signal,position\n2024-01-02,BUY,1\n',
      /has signal and position, expected one/,
    ],
    ['a column twice', 'date,signal,signal\n2024-01-02,BUY,BUY\n', /two columns signal/],
    ['nothing but a header', 'date,signal\n', /there are no signals/],
    ['nothing', '', /is empty/],
  ])('refuses %s', async (_, text, message) => {
    await expect(readSignals(tempFile(text))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(message) as string,
    })
  })
})
