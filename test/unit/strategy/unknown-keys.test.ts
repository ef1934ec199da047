import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Document, parse } from 'yaml'
import { parseAnyStrategy } from '../../../src/strategy/load-strategy.ts'
import { pathText } from '../../../src/strategy/problems.ts'
import type { Path } from '../../../src/strategy/problems.ts'
import { grammarMappings } from './grammar.ts'
import { edited, problemData, refusalOf, RULES_SAMPLE } from './sample.ts'

const example = (name: string) =>
  readFileSync(new URL(`../../../examples/strategies/${name}.yaml`, import.meta.url), 'utf8')

const FILES = [
  example('pullback'),
  example('forward-return'),
  example('gru-multi-timeframe'),
  RULES_SAMPLE,
  edited(
    ['indicators:', 'context_data: [{ provider: vix }]\nindicators:'],
    ['period: 14', 'period: 14, data_source: vix'],
  ),
  edited(['training:', 'trading: { stop_loss: 2%, costs: { commission: 0 } }\ntraining:']),
  edited([
    'epochs: 60',
    'optimizer: { type: sgd, momentum: 0.8 }\n  lr_scheduler: { type: step }\n  early_stopping: {}',
  ]),
].map((text) => ({ text, mappings: mappingsOf(parse(text) as unknown) }))

function mappingsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  const below = inner.flatMap(([step, item]) => mappingsOf(item as unknown, [...path, step]))
  return Array.isArray(value) ? below : [path, ...below]
}

/** `zz` begins no key of the grammar and no name of the files. */
const unknownKey = fc.oneof(
  fc.stringMatching(/^zz[a-z_]{0,12}$/),
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme-composite' }).map((text) => `zz${text}`),
)
const anyScalar = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.constant('text'))
const place = fc
  .constantFrom(...FILES)
  .chain(({ text, mappings }) =>
    fc.record({ text: fc.constant(text), mapping: fc.constantFrom(...mappings) }),
  )

/** Of a path in a file, the place in the grammar: ids and items of lists are alike. */
function placeOf(path: Path): string {
  const steps = path.map((step, i) => {
    if (typeof step === 'number') return '[]'
    const isName = i > 0 && (path[0] === 'indicators' || path[0] === 'fuzzy_sets')
    return isName ? '.*' : `.${step}`
  })
  return steps.join('').replace(/^\./, '')
}

describe('an unknown key', () => {
  it('is tried in every mapping that the grammar has', () => {
    const tried = new Set(FILES.flatMap(({ mappings }) => mappings.map(placeOf)))
    expect(
      grammarMappings().filter((mapping) => !tried.has(mapping)),
      'none is left out',
    ).toEqual([])
  })

  it('is refused with its path, whatever it is and wherever it stands', () => {
    fc.assert(
      fc.property(place, unknownKey, anyScalar, ({ text, mapping }, key, value) => {
        const document = new Document(parse(text) as unknown)
        document.setIn([...mapping, key], value)
        const error = refusalOf(document.toString())
        const found = problemData(error)
          .filter(({ severity }) => severity === 'error')
          .map(({ path }) => path)
        expect(found, 'the key is named').toContain(pathText([...mapping, key]))
      }),
      { numRuns: 400 },
    )
  })

  it('would be the only problem: the files are sound without it', () => {
    for (const { text } of FILES)
      expect(
        parseAnyStrategy(text, 'sample.yaml').warnings.map(({ path }) => path),
        'nothing but the name of the file',
      ).toEqual(text.includes('name: sample') ? [] : ['name'])
  })

  it('is compared with the keys of its place, then with those of all places', () => {
    const remedyOf = (before: string, after: string) =>
      problemData(refusalOf(edited([before, after])))[0]?.remedy
    expect(remedyOf('activation', 'activaton'), 'near').toBe('did you mean "activation"?')
    expect(remedyOf('activation: tanh', 'loss: mse'), 'at home elsewhere').toBe(
      'it belongs in training',
    )
    expect(remedyOf('fuzzy_set: push,', 'fuzzy_set: push, hidden_layers: 3,'), 'deeper').toBe(
      'it belongs in model.architecture',
    )
    expect(remedyOf('epochs: 60', 'nn_inputs: []'), 'outside').toBe('it belongs at the top level')
    expect(remedyOf('mode: single, ', 'mode: single, quux: 1, '), 'nowhere').toBe(
      'possible here: mode, symbol, list, symbols',
    )
  })
})
