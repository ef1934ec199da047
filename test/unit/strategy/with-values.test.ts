import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Path } from '../../../src/strategy/problems.ts'
import { pathText } from '../../../src/strategy/problems.ts'
import { readDocument } from '../../../src/strategy/strategy-document.ts'
import { parsePath } from '../../../src/strategy/value-path.ts'
import { withValues, writeWithValues } from '../../../src/strategy/with-values.ts'
import { parseStrategy } from '../../../src/strategy/load-strategy.ts'
import { SAMPLE } from './sample.ts'

const EXAMPLES = readdirSync('examples/strategies').map((name) =>
  readFileSync(`examples/strategies/${name}`, 'utf8'),
)

function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  const below = inner.flatMap(([step, item]) => placesIn(item as unknown, [...path, step]))
  return path.length === 0 ? below : [path, ...below]
}

const rootOf = (text: string): unknown => readDocument(text, 'x').root

describe('a path', () => {
  it('is read as it is written', () => {
    expect(parsePath('fuzzy_sets.rsi.oversold.parameters[2]')).toEqual([
      'fuzzy_sets',
      'rsi',
      'oversold',
      'parameters',
      2,
    ])
    expect(parsePath('indicators["a.b"].period')).toEqual(['indicators', 'a.b', 'period'])
    expect(parsePath('nn_inputs[0].timeframes')).toEqual(['nn_inputs', 0, 'timeframes'])
  })

  it.each(['', '.', 'a..b', '.a', 'a.', 'a[', 'a[x]', 'a b', 'a["b]'])('%j is none', (text) => {
    expect(parsePath(text)).toBeUndefined()
  })

  it('comes back from what messages show of it', () => {
    const step = fc.oneof(fc.string({ minLength: 1 }), fc.nat(99))
    const anyPath = fc.tuple(fc.string({ minLength: 1 }), fc.array(step)).map(([a, b]) => [a, ...b])
    fc.assert(
      fc.property(anyPath, (path) => {
        fc.pre(!/[\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069\\]/.test(path.join(''))) // oxlint-disable-line no-control-regex
        expect(parsePath(pathText(path))).toEqual(path)
      }),
    )
  })
})

describe('a strategy with other values', () => {
  it('reads as the plain values say, whatever is changed where', () => {
    const anyValue = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom('relu', '1d', '', 'a: b', '# no comment', 'yes', '012', 'null', '- x'),
      fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom({ type: 'sgd', momentum: 0.9 }, []),
    )
    const somewhere = fc
      .constantFrom(...EXAMPLES)
      .chain((text) =>
        fc.record({ text: fc.constant(text), path: fc.constantFrom(...placesIn(rootOf(text))) }),
      )
    fc.assert(
      fc.property(somewhere, anyValue, ({ text, path }, value) => {
        // Throws when the written text reads differently from the plain values.
        const written = writeWithValues(text, [{ path, value }], ['header'])
        expect(rootOf(written)).toEqual(withValues(rootOf(text), [{ path, value }]))
      }),
      { numRuns: 300 },
    )
  })

  it('keeps its comments and the way it is written', () => {
    const text = readFileSync('examples/strategies/pullback.yaml', 'utf8')
    const written = writeWithValues(
      text,
      [
        { path: ['training', 'learning_rate'], value: 0.0123 },
        { path: ['indicators', 'roc_10', 'period'], value: 12 },
        { path: ['model', 'architecture', 'hidden_layers'], value: [64, 32] },
        { path: ['training', 'early_stopping', 'patience'], value: 5 },
      ],
      ['Found by a search.'],
    )
    const expected = `# Found by a search.\n#\n${text}`
      .replace('learning_rate: 0.001', 'learning_rate: 0.0123')
      .replace('{ type: roc, period: 10 } # change', '{ type: roc, period: 12 } # change')
      .replace('[32, 16]', '[64, 32]')
    expect(written).toBe(`${expected}  early_stopping:\n    patience: 5\n`)
  })

  it('loses no digit, however the old number was written', () => {
    for (const old of ['1e-3', '0.00100', '0x10', '1', '.5'])
      for (const value of [0.0123456789012345, 1e-12, 123456789, 3]) {
        const text = SAMPLE.replace('0.0007', old)
        const path = ['training', 'learning_rate']
        const written = writeWithValues(text, [{ path, value }], [])
        expect(rootOf(written), `${value} for ${old}`).toEqual(
          withValues(rootOf(text), [{ path, value }]),
        )
      }
  })

  it('is one that can be trained', () => {
    const written = writeWithValues(SAMPLE, [{ path: ['training', 'epochs'], value: 7 }], [])
    expect(parseStrategy(written, 'sample.yaml').strategy.training.epochs).toBe(7)
  })

  it('writes anchors out, whose values would change in several places', () => {
    const text = SAMPLE.replace('period: 14', 'period: &n 14').replace(
      'slow_period: 21',
      'slow_period: *n',
    )
    const path = ['indicators', 'rsi_14', 'period']
    const written = writeWithValues(text, [{ path, value: 9 }], [])
    expect(rootOf(written)).toEqual(withValues(rootOf(text), [{ path, value: 9 }]))
  })
})
