import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { featureIds } from '../../../src/features/feature-plan.ts'
import { strategyJsonSchema } from '../../../src/strategy/json-schema.ts'
import { parseStrategy } from '../../../src/strategy/load-strategy.ts'

const text = readFileSync(new URL('../../../docs/strategy-format.md', import.meta.url), 'utf8')
const codes = new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!))

type JsonSchema = {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly anyOf?: readonly JsonSchema[]
}

/** Paths of the keys that hold values, `training.labels.source`; those in lists and by id aside. */
function keysOf(schema: JsonSchema, path: readonly string[] = []): string[] {
  const inner = [schema, ...(schema.anyOf ?? [])].flatMap(({ properties }) =>
    Object.entries(properties ?? {}),
  )
  if (inner.length === 0) return [path.join('.')]
  return inner.flatMap(([key, value]) => keysOf(value, path.concat(key)))
}

/** The many parameters of labels that are not yet supported are not documented either. */
const isLater = (path: string) =>
  path.startsWith('training.labels.') && !/source|zigzag|lookahead|horizon/.test(path)

describe('docs/strategy-format.md', () => {
  it('has a complete example that loads without a warning, with the inputs it claims', () => {
    const [, yaml] = /```yaml\n(.*?)```/s.exec(text)!
    const { strategy, warnings } = parseStrategy(yaml!, 'dips.yaml')
    expect(warnings, 'no warnings').toEqual([])
    const [, claimed] = /Its inputs, in order: (.*?)\.\n/s.exec(text)!
    expect(claimed!.replaceAll(/[`\s]/g, '').split(','), 'inputs').toEqual(featureIds(strategy))
  })

  it('documents every key of the grammar', () => {
    const schema = strategyJsonSchema() as JsonSchema
    const undocumented = keysOf(schema).filter((path) => {
      const [, ...inSection] = path.split('.')
      return ![path, inSection.join('.'), path.split('.').at(-1)!].some((name) => codes.has(name))
    })
    expect(
      undocumented.filter((path) => !isLater(path)),
      'nothing is left out',
    ).toEqual([])
  })
})
