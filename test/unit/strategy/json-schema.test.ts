import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { INDICATORS, refusal } from '../../../src/indicators/catalog.ts'
import type { Indicator } from '../../../src/indicators/indicator.ts'
import { strategyJsonSchema } from '../../../src/strategy/json-schema.ts'

const committed = JSON.parse(
  readFileSync(new URL('../../../docs/strategy.schema.json', import.meta.url), 'utf8'),
) as unknown

const isUsable = ({ type }: Indicator) => refusal(type) === undefined

describe('docs/strategy.schema.json', () => {
  it('is what the grammar says now', () => {
    const generated = JSON.parse(JSON.stringify(strategyJsonSchema())) as unknown
    const command = 'run: node scripts/node.mjs scripts/strategy-schema.ts'
    expect(committed, command).toEqual(generated)
  })

  it('knows the parameters of every indicator that may be an input', () => {
    const text = JSON.stringify(committed)
    for (const { type, parameters } of [...INDICATORS.values()].filter(isUsable))
      for (const name of [type, ...Object.keys(parameters)])
        expect(text, `${type}: ${name}`).toContain(`"${name}"`)
  })

  it('refuses other keys wherever the grammar does', () => {
    expect(committed, 'at the top').toMatchObject({ additionalProperties: false })
    expect(committed, 'further in').toMatchObject({
      properties: {
        training: { additionalProperties: false },
        model: { properties: { architecture: { additionalProperties: false } } },
        nn_inputs: { items: { additionalProperties: false } },
      },
    })
  })
})
