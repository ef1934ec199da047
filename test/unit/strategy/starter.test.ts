import { describe, expect, it } from 'vitest'
import { TIMEFRAMES } from '../../../src/data/bars.ts'
import { featureIds } from '../../../src/features/feature-plan.ts'
import {
  formatProblem,
  parseAnyStrategy,
  parseStrategy,
} from '../../../src/strategy/load-strategy.ts'
import {
  STARTER_KINDS,
  STARTER_TEMPLATES,
  type Starter,
} from '../../../src/strategy/starter-choices.ts'
import { longerTimeframe } from '../../../src/strategy/starter-inputs.ts'
import { starterText } from '../../../src/strategy/starter.ts'
import { hasRules } from '../../../src/strategy/strategy.ts'

const ALL: readonly Starter[] = STARTER_KINDS.flatMap((kind) =>
  STARTER_TEMPLATES.flatMap((template) =>
    TIMEFRAMES.map((timeframe) => ({ name: 'first', kind, template, symbol: 'EURUSD', timeframe })),
  ),
).filter(
  ({ template, timeframe }) =>
    template !== 'multi-timeframe' || longerTimeframe(timeframe) !== undefined,
)

const NETWORKS = ALL.filter(({ kind }) => kind !== 'rules')

const parsed = (starter: Starter) => parseStrategy(starterText(starter), 'first.yaml')

describe('a first strategy', () => {
  it.each(ALL)('$template as $kind on $timeframe bars has nothing to warn of', (starter) => {
    const { strategy, warnings } = parseAnyStrategy(starterText(starter), 'first.yaml')
    expect(warnings.map(formatProblem)).toEqual([])
    expect(strategy.name).toBe('first')
    expect(strategy.symbols).toEqual(['EURUSD'])
    expect(strategy.timeframes[0]).toBe(starter.timeframe)
  })

  it('is what its kind says', () => {
    const [mlp, lstm, gru, regression] = (['mlp', 'lstm', 'gru', 'regression'] as const).map(
      (kind) => parsed({ ...ALL[0]!, kind }).strategy,
    )
    const { strategy } = parseAnyStrategy(starterText({ ...ALL[0]!, kind: 'rules' }), 'first.yaml')
    expect(hasRules(strategy)).toBe(true)
    expect([mlp, lstm, gru, regression].map((one) => one!.model.type)).toEqual([
      'mlp',
      'lstm',
      'gru',
      'mlp',
    ])
    expect(regression!.decisions.outputFormat).toBe('regression')
    expect(mlp!.decisions.outputFormat).toBe('classification')
  })

  it.each(STARTER_TEMPLATES)('%s sees the same with every kind and timeframe', (template) => {
    const own = NETWORKS.filter((starter) => starter.template === template)
    const features = own.map((starter) =>
      featureIds(parsed(starter).strategy)
        .map((id) => id.replace(/^\d+[mhdw]_/, ''))
        .toSorted(),
    )
    for (const one of features) expect(one).toEqual(features[0])
  })

  it.each(['null', '1e5', '007', 'true'])('may be called %s, and be for it', (word) => {
    const { strategy } = parseStrategy(
      starterText({ ...ALL[0]!, name: word, symbol: word }),
      `${word}.yaml`,
    )
    expect(strategy.name).toBe(word)
    expect(strategy.symbols).toEqual([word])
  })

  it('looks further when bars are longer: swings and the bars of every other template grow', () => {
    const swings = TIMEFRAMES.map((timeframe) =>
      Number(/zigzag_threshold: ([\d.]+)/.exec(starterText({ ...ALL[0]!, timeframe }))![1]),
    )
    expect(swings.every((swing, i) => i === 0 || swing > swings[i - 1]!)).toBe(true)
  })
})
