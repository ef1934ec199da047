import { describe, expect, it } from 'vitest'
import { INDICATORS } from '../../../src/indicators/catalog.ts'
import { checkParameters } from '../../../src/indicators/compute.ts'
import type { ParameterSpec } from '../../../src/indicators/indicator.ts'
import { BAR_COLUMNS } from '../../../src/data/bars.ts'
import { linesOf } from '../../support/pages.ts'

// docs/indicators.md against the catalog: one row a type, and what it says of parameters, outputs and warm-up.

const ROWS = linesOf('docs/indicators.md')
  .filter(({ text }) => text.startsWith('| `'))
  .map(({ text }) => text.split(/(?<!\\)\|/).slice(1, -1))
  .map((cells) => cells.map((cell) => cell.trim()))

const named = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' ')

function parameterText(name: string, spec: ParameterSpec): string {
  switch (spec.kind) {
    case 'integer':
      return `\`${name}\` ${spec.default} [${spec.min}, ${spec.max}]`
    case 'number': {
      const low = spec.exclusiveMin ? '(' : '['
      const high = spec.exclusiveMax ? ')' : ']'
      return `\`${name}\` ${spec.default} ${low}${spec.min}, ${spec.max}${high}`
    }
    case 'boolean':
      return `\`${name}\` ${spec.default}`
    case 'choice':
      if (spec.choices === BAR_COLUMNS) return `\`${name}\``
      expect(spec.choices[0], 'the default stands first').toBe(spec.default)
      return `\`${name}\` ${spec.choices.map((choice) => `\`${choice}\``).join(' or ')}`
  }
}

describe('docs/indicators.md', () => {
  it('has one row for each type, in alphabetical order', () => {
    const types = ROWS.map(([first]) => /`(\w+)`/.exec(first!)![1])
    expect(types).toEqual([...INDICATORS.keys()].toSorted())
  })

  it.each([...INDICATORS.values()])('$type: parameters, outputs and warm-up', (indicator) => {
    const { type, aliases, parameters, outputs } = indicator
    const name = aliases.length === 0 ? `\`${type}\`` : `\`${type}\` (${named(aliases)})`
    const row = ROWS.find(([first]) => first === name)!
    expect(row, 'six cells').toHaveLength(6)

    const stated = row[1]!.replaceAll(' (no effect)', '')
    const expected = Object.entries(parameters).map(([key, spec]) => parameterText(key, spec))
    expect(stated, 'parameters in order').toBe(expected.join('; '))
    expect(row[2], 'outputs in order').toBe(named(outputs))

    const warmup = indicator.warmup(checkParameters(indicator, {}).parameters)
    const distinct = new Set(warmup).size === 1 ? warmup.slice(0, 1) : warmup
    expect(row[3], 'warm-up of the defaults').toBe(distinct.join(', '))
    expect(row[4], 'a formula').not.toBe('')
  })
})
