import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadFunding } from '../../../src/jobs/funding.ts'
import { scriptedBars } from '../../support/portfolios.ts'
import { tempDir } from '../../support/program.ts'

/** Ten bars from 2024-01-01T00:00Z on, one an hour; the first two warm up. */
const { bars } = scriptedBars(
  Array.from({ length: 10 }, () => [100, 100, 100, 100] as const),
  {},
)
const data = { symbols: [{ symbol: 'X', bars, from: 2, market: undefined as never }] }

function funding(...rows: readonly (readonly [hour: number, rate: number])[]) {
  const path = join(tempDir(), 'rates.csv')
  const lines = rows.map(([hour, rate]) => `${Date.UTC(2024, 0, 1, hour)},${rate}`)
  writeFileSync(path, ['timestamp,value', ...lines, ''].join('\n'))
  return loadFunding([{ path, symbol: null, used: null }], data)
}

describe('rates of funding', () => {
  it('are those up to the last bar, which alone must not change', async () => {
    const two = await funding([0, 0.01], [8, -0.02])
    expect(two.rates.get('X')).toMatchObject({ length: 2, rate: Float64Array.of(0.01, -0.02) })
    expect(two.warnings).toEqual([])
    const more = await funding([0, 0.01], [8, -0.02], [16, 0.03])
    expect(more.fingerprints).toEqual(two.fingerprints)
    const other = await funding([0, 0.01], [8, -0.01])
    expect(other.fingerprints).not.toEqual(two.fingerprints)
  })

  it('of the whole value of a position are prices or percentages, and refused', async () => {
    await expect(funding([2, 0.0001], [4, -1])).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(/rates\.csv has -1 at 2024-01-01T04:00.*a rate of funding/),
    })
    await expect(funding([2, 0.999])).resolves.toBeDefined()
  })

  it.each([
    [
      'end before the first bar',
      [
        [-9, 0.01],
        [-1, 0.01],
      ],
      [/no rates of X from the first bar on/],
    ],
    [
      'begin late',
      [
        [6, 0.01],
        [8, 0.01],
      ],
      [/no rates of X before 2024-01-01T06:00/],
    ],
    [
      'end early',
      [
        [2, 0.01],
        [4, 0.01],
      ],
      [/no rates of X after 2024-01-01T04:00/],
    ],
  ] as const)('that %s leave bars without any, which is said', async (_, rows, expected) => {
    const { warnings } = await funding(...rows)
    expect(warnings).toEqual(expected.map((pattern) => expect.stringMatching(pattern)))
  })
})
