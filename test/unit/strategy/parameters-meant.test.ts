import { describe, expect, it } from 'vitest'
import { INDICATORS, refusal } from '../../../src/indicators/catalog.ts'
import { strategyJsonSchema } from '../../../src/strategy/json-schema.ts'
import { edited, parsed, problemsOf, warningsOf } from './sample.ts'

/** The sample with another indicator in the place of `rsi_14`. */
function withIndicator(entry: string): string {
  return edited(
    ['type: rsi, period: 14', entry],
    ['history_required: 250', 'history_required: 10000'],
  )
}

const parametersOf = (entry: string) => parsed(withIndicator(entry)).indicators[0]!.parameters

const usable = [...INDICATORS.values()].filter(({ type }) => refusal(type) === undefined)
const without = (name: string) =>
  usable.filter(({ parameters }) => !Object.hasOwn(parameters, name)).map(({ type }) => type)
const withoutPeriod = without('period').filter((type) => type !== 'squeezeintensity')

describe('parameters that an indicator does not have, but files of upstream give it', () => {
  it('are a source and a period', () => {
    expect(without('source'), 'not of the price alone').toEqual(
      'adline adx aroon atr cci cmf donchianchannels fishertransform ichimoku keltnerchannels mfi obv parabolicsar rvi stochastic supertrend volumeratio vwap williamsr'.split(
        ' ',
      ),
    )
    expect(withoutPeriod, 'of several periods, or none').toEqual(
      'adline ichimoku macd obv parabolicsar stochastic'.split(' '),
    )
  })

  it.each(without('source'))('%s ignores a source, and says so', (type) => {
    expect(warningsOf(withIndicator(`type: ${type}, source: close`)), 'one warning').toEqual([
      `sample.yaml:10:${21 + type.length} indicators.rsi_14.source: ignored: ${type} has no source`,
    ])
    expect(parametersOf(`type: ${type}, source: hlc3`), 'whatever it is').toEqual(
      parametersOf(`type: ${type}`),
    )
  })

  it.each(withoutPeriod)('%s ignores a period, and says so', (type) => {
    const [line, ...more] = warningsOf(withIndicator(`type: ${type}, period: 12`))
    expect(line, 'the key').toContain(`indicators.rsi_14.period: ignored: ${type} has no period`)
    expect(more, 'no other').toEqual([])
    expect(parametersOf(`type: ${type}, period: 12`), 'nothing').toEqual(
      parametersOf(`type: ${type}`),
    )
  })

  it('are told with the periods that there are', () => {
    expect(warningsOf(withIndicator('type: macd, period: 12')), 'three').toEqual([
      'sample.yaml:10:25 indicators.rsi_14.period: ignored: macd has no period; it has fast_period, slow_period, signal_period',
    ])
    expect(warningsOf(withIndicator('type: obv, period: 12')), 'none').toEqual([
      'sample.yaml:10:24 indicators.rsi_14.period: ignored: obv has no period',
    ])
  })
})

describe('parameters by other names', () => {
  it.each([
    ['bbands, std_dev: 3', 'bbands, multiplier: 3', 'std_dev: is read as multiplier'],
    [
      'bollingerbandwidth, std_dev: 3',
      'bollingerbandwidth, multiplier: 3',
      'std_dev: is read as multiplier',
    ],
    [
      'squeezeintensity, period: 30',
      'squeezeintensity, bb_period: 30, kc_period: 30',
      'period: is read as bb_period and kc_period',
    ],
    ['MACD, fast: 5', 'macd, fast_period: 5', 'fast: is read as fast_period'],
  ])('%s is read as %s', (given, meant, line) => {
    const text = withIndicator(`type: ${given}`)
    expect(parametersOf(`type: ${given}`), 'the same').toEqual(parametersOf(`type: ${meant}`))
    expect(warningsOf(text), 'one warning').toEqual([
      expect.stringContaining(`indicators.rsi_14.${line}`),
    ])
  })

  it('are refused where both names are given', () => {
    expect(problemsOf(withIndicator('type: bbands, std_dev: 2, multiplier: 2')), 'bands').toEqual([
      'sample.yaml:10:36 indicators.rsi_14.std_dev: means multiplier, which is given too; keep one of the two',
    ])
    expect(
      problemsOf(withIndicator('type: squeezeintensity, kc_period: 20, period: 20')),
      'one of two',
    ).toEqual([
      'sample.yaml:10:60 indicators.rsi_14.period: means kc_period, which is given too; keep one of the two',
    ])
  })

  it('are told once when their value is out of bounds', () => {
    expect(problemsOf(withIndicator('type: squeezeintensity, period: 1')), 'once').toEqual([
      'sample.yaml:10:45 indicators.rsi_14.period: expected an integer from 2 to 100, was 1',
    ])
  })

  it('do not excuse others: those stay errors', () => {
    for (const key of ['std_dev', 'sources', 'periods', 'fast', 'name'])
      expect(problemsOf(withIndicator(`type: atr, ${key}: 2`)), key).toHaveLength(1)
  })

  it.each([['BollingerBands'], ['SqueezeIntensity'], ['MFI'], ['StochasticIndicator']])(
    'stand beside types in any case: %s',
    (type) => {
      expect(warningsOf(withIndicator(`type: ${type}`)), 'nothing').toEqual([])
    },
  )

  it('are no mistake to an editor either', () => {
    const forms = JSON.stringify(strategyJsonSchema())
    expect(forms, 'idle').toContain('"description":"Ignored: atr has no source.","deprecated":true')
    expect(forms, 'renamed').toContain('"description":"Is read as multiplier.","deprecated":true')
  })
})
