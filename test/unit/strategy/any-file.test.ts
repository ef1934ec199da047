import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Document, parse } from 'yaml'
import { formatProblem } from '../../../src/strategy/problems.ts'
import type { Path } from '../../../src/strategy/problems.ts'
import { EXAMPLE_A, EXAMPLE_B, EXAMPLE_C } from './examples.ts'
import { edited, problemData, refusalOf, SAMPLE } from './sample.ts'

const EVERYTHING = edited([
  'epochs: 60',
  'optimizer: { type: sgd, momentum: 0.8 }\n  lr_scheduler: { type: step }\n  early_stopping: {}',
])
const CONTEXT = edited(
  ['period: 14', 'period: 14, data_source: yield_spread_DGS10_DGS2'],
  [
    'indicators:',
    'context_data: [{ provider: fred, series: [DGS10, DGS2], publication_lag: 1d }, { provider: ib, symbol: X }]\nindicators:',
  ],
)
const FILES = [SAMPLE, EVERYTHING, EXAMPLE_A, EXAMPLE_B, EXAMPLE_C, CONTEXT]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [path, ...inner.flatMap(([step, item]) => pathsOf(item as unknown, [...path, step]))]
}

const somewhere = fc
  .constantFrom(...FILES)
  .chain((text) =>
    fc.record({ text: fc.constant(text), path: fc.constantFrom(...pathsOf(parse(text)).slice(1)) }),
  )

const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(NaN, Infinity, -0, 1e300, '', 'all', 'none', '1d', [], {}, [[]], [{}], [null]),
)

/** What is wrong with the answer to `text`: a refusal must name a place of the file. */
function flawOf(text: string): string | undefined {
  const error = refusalOf(text)
  if (error === undefined) return undefined
  if (error.code !== 'STRATEGY_INVALID' || error.message === '') return error.stack ?? error.code
  const lines = text.split('\n')
  const lost = problemData(error).find(
    ({ line, column }) => !(column >= 1 && column <= (lines[line - 1]?.length ?? -1) + 1),
  )
  return lost && formatProblem(lost)
}

describe('any file at all', () => {
  it('is accepted or refused, never a crash: any value in any place', () => {
    fc.assert(
      fc.property(somewhere, anyValue, ({ text, path }, value) => {
        const document = new Document(parse(text) as unknown)
        document.setIn(path, value)
        expect(flawOf(document.toString()), 'an answer').toBeUndefined()
      }),
      { numRuns: 400 },
    )
  })

  it('is accepted or refused, never a crash: anything taken away', () => {
    for (const text of FILES)
      for (const path of pathsOf(parse(text)).slice(1)) {
        const document = new Document(parse(text) as unknown)
        document.deleteIn(path)
        expect(flawOf(document.toString()), 'an answer').toBeUndefined()
      }
  })

  it('is accepted or refused, never a crash: any text in any place', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FILES),
        fc.nat(),
        fc.nat({ max: 6 }),
        fc.oneof(
          fc.string({ maxLength: 4 }),
          fc.constantFrom(
            '&a ',
            '*a',
            '<<: ',
            '!x ',
            '? ',
            ': ',
            '\n',
            '- ',
            '|',
            '---',
            '{',
            ']',
            '#',
          ),
        ),
        (text, at, cut, insert) => {
          const start = at % text.length
          const changed = text.slice(0, start) + insert + text.slice(start + cut)
          expect(flawOf(changed), 'an answer').toBeUndefined()
        },
      ),
      { numRuns: 400 },
    )
  })
})
