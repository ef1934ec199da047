import { describe, expect, it } from 'vitest'
import { describeIndicator, listIndicators } from '../../src/indicator-tools.ts'
import { INDICATORS } from '../../src/indicators/catalog.ts'
import { parseIndicatorSpec } from '../../src/indicators/indicator-spec.ts'
import { formatProblem, parseStrategy } from '../../src/strategy/load-strategy.ts'
import { SAMPLE } from './strategy/sample.ts'

describe.each([...INDICATORS.keys()])('what is shown of %s', (type) => {
  const { yaml, spec, repaints, outputs, warmup } = describeIndicator(type)

  it('can be written into a strategy as it stands', () => {
    const id = yaml.slice(0, yaml.indexOf(':'))
    const text = SAMPLE.replace('rsi_14: { type: rsi, period: 14 }', `rsi_x: { type: rsi }`)
      .replace('indicator: rsi_14', 'indicator: rsi_x')
      .replace('indicators:\n', `indicators:\n  ${yaml}\n`)
      .replace('nn_inputs:\n', `nn_inputs:\n  - { raw_indicator: ${id}, timeframes: all }\n`)
    if (repaints) expect(() => parseStrategy(text, 'sample.yaml')).toThrow('it repaints')
    else expect(parseStrategy(text, 'sample.yaml').warnings.map(formatProblem)).toEqual([])
  })

  it('can be typed, with the defaults', () => {
    const use = parseIndicatorSpec(spec)
    expect(use).toMatchObject({ type, parameters: parseIndicatorSpec(type).parameters })
  })

  it('has the warm-up of each output', () => {
    expect(warmup).toHaveLength(Math.max(1, outputs.length))
  })
})

it('a search takes any case, any order of words, and says all of them must be there', () => {
  const found = (text: string) => listIndicators(text).map(({ type }) => type)
  expect(found('')).toEqual([...INDICATORS.keys()].toSorted())
  expect(found('CONVERGENCE moving')).toEqual(['macd'])
  expect(found('convergence nonsense')).toEqual([])
})
