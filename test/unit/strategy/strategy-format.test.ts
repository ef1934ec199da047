import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { featureIds } from '../../../src/features/feature-plan.ts'
import { INDICATORS, refusal } from '../../../src/indicators/catalog.ts'
import { parseStrategy } from '../../../src/strategy/load-strategy.ts'
import { grammarKeys } from './grammar.ts'

const text = readFileSync(new URL('../../../docs/strategy-format.md', import.meta.url), 'utf8')
const codes = new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!))

describe('docs/strategy-format.md', () => {
  it('has a complete example that loads without a warning, with the inputs it claims', () => {
    const [, yaml] = /```yaml\n(.*?)```/s.exec(text)!
    const { strategy, warnings } = parseStrategy(yaml!, 'dips.yaml')
    expect(warnings, 'no warnings').toEqual([])
    const [, claimed] = /Its inputs, in order: (.*?)\.\n/s.exec(text)!
    expect(claimed!.replaceAll(/[`\s]/g, '').split(','), 'inputs').toEqual(featureIds(strategy))
  })

  it('documents every key of the grammar', () => {
    const keys = grammarKeys().filter(({ isSection }) => !isSection)
    const undocumented = keys.filter(({ path }) => {
      const [, ...inSection] = path.split('.')
      return ![path, inSection.join('.'), path.split('.').at(-1)!].some((name) => codes.has(name))
    })
    expect(undocumented, 'nothing is left out').toEqual([])
  })

  it('lists every indicator with its parameters, defaults and outputs', () => {
    for (const { type, aliases, parameters, outputs } of INDICATORS.values()) {
      if (refusal(type) !== undefined) continue
      const row = text.split('\n').find((line) => line.startsWith(`| \`${type}\``)) ?? ''
      expect(row, `${type}: aliases and outputs`).toSatisfy((line: string) =>
        [...aliases, ...outputs].every((name) => line.includes(`\`${name}\``)),
      )
      for (const [name, spec] of Object.entries(parameters)) {
        const known = name === 'source' ? '`source`' : `\`${name}\` `
        expect(row, `${type}: ${name}`).toContain(known)
        if (spec.kind === 'integer')
          expect(row, `${type}: bounds of ${name}`).toContain(
            `\`${name}\` ${spec.default} [${spec.min}, ${spec.max}]`,
          )
      }
    }
  })
})
