import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { featureIds } from '../../../src/features/feature-plan.ts'
import { namedRules } from '../../../src/rules/rule-plan.ts'
import { parseAnyStrategy, parseStrategy } from '../../../src/strategy/load-strategy.ts'
import { hasRules } from '../../../src/strategy/strategy.ts'
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

  it('has rules that load without a warning', () => {
    const [, yaml] = /## rules.*?```yaml\n(.*?)```/s.exec(text)!
    const { strategy, warnings } = parseAnyStrategy(yaml!, 'dips-in-a-trend.yaml')
    expect(warnings, 'no warnings').toEqual([])
    expect(hasRules(strategy) && namedRules(strategy.rules).map(({ name }) => name)).toEqual([
      'long.enter',
      'long.exit',
      'short.enter',
      'short.exit',
    ])
  })

  it('documents every key of the grammar', () => {
    const keys = grammarKeys().filter(({ isSection }) => !isSection)
    const undocumented = keys.filter(({ path }) => {
      const [, ...inSection] = path.split('.')
      return ![path, inSection.join('.'), path.split('.').at(-1)!].some((name) => codes.has(name))
    })
    expect(undocumented, 'nothing is left out').toEqual([])
  })
})
