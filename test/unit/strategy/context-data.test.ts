import { describe, expect, it } from 'vitest'
import { edited, parsed } from './sample.ts'

const DAY_MS = 86_400_000

/** The context of the sample with these entries, its two indicators looking at these series. */
function contextOf(entries: string, rsi: string, macd?: string) {
  return parsed(
    edited(
      ['indicators:', `context_data: [${entries}]\nindicators:`],
      ['period: 14', `period: 14, data_source: ${rsi}`],
      ['fast_period: 8', `${macd === undefined ? '' : `data_source: ${macd}, `}fast_period: 8`],
    ),
  )
}

const given = (id: string, publicationLagMs: number | null = null) => ({
  id,
  difference: null,
  publicationLagMs,
})

describe('context_data', () => {
  it.each([
    ['{ provider: fred, series: DGS10 }', 'fred_DGS10'],
    ['{ provider: ib, symbol: GBPUSD, timeframe: 1h }', 'GBPUSD'],
    ['{ provider: cftc_cot, report: EUR }', 'cot_EUR_net_pos'],
    ['{ provider: cftc_cot, report: EUR }', 'cot_EUR_net_pct'],
    ['{ provider: vix }', 'vix'],
    ['{ provider: mine, symbol: VIX }', 'VIX'],
  ])('%s gives the id %s', (entries, id) => {
    const { context, indicators } = contextOf(entries, id)
    expect(context, 'only what is in use').toEqual([given(id)])
    expect(indicators[0], 'the indicator names it').toMatchObject({ dataSource: id })
    expect(indicators[1], 'and the other looks at the bars').not.toHaveProperty('dataSource')
  })

  it('gives the difference of the first two of several series, and its parts when it is used', () => {
    const entry = '{ provider: fred, series: [A, B, C], publication_lag: 1d }'
    const spread = {
      id: 'yield_spread_A_B',
      difference: ['fred_A', 'fred_B'],
      publicationLagMs: DAY_MS,
    }
    const parts = [given('fred_A', DAY_MS), given('fred_B', DAY_MS)]
    expect(contextOf(entry, spread.id).context, 'both parts').toEqual([...parts, spread])
    expect(contextOf(entry, 'fred_B').context, 'no difference').toEqual([parts[1]])
    expect(contextOf(entry, spread.id, 'fred_C').context, 'in the order of the file').toEqual([
      ...parts,
      given('fred_C', DAY_MS),
      spread,
    ])
  })

  it('knows a value when its lag has passed, or when the next is due', () => {
    const lagOf = (lag: string) => contextOf(`{ provider: vix${lag} }`, 'vix').context[0]
    expect(lagOf(''), 'nothing said').toEqual(given('vix', null))
    expect(lagOf(', publication_lag: 90m'), 'minutes').toEqual(given('vix', 5_400_000))
    expect(lagOf(', publication_lag: 1.5h'), 'hours').toEqual(given('vix', 5_400_000))
    expect(lagOf(', publication_lag: 3d'), 'days').toEqual(given('vix', 3 * DAY_MS))
  })

  it('leaves out what only an indicator without an input looks at', () => {
    const { context } = parsed(
      edited([
        'indicators:',
        'context_data: [{ provider: vix }]\nindicators:\n  spare: { type: rsi, data_source: vix }',
      ]),
    )
    expect(context, 'nothing').toEqual([])
  })
})
