import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { pipelineJsonSchema } from '../../../src/pipeline/json-schema.ts'
import { loadPipeline } from '../../../src/pipeline/load-pipeline.ts'
import { GRAMMARS, PREPARE_GRAMMARS } from '../../../src/pipeline/schema.ts'
import { ROOT } from '../../support/program.ts'

const read = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8')

it('docs/pipeline.schema.json is what the grammar says now', () => {
  const generated = JSON.parse(JSON.stringify(pipelineJsonSchema())) as unknown
  const command = 'run: node scripts/node.mjs scripts/strategy-schema.ts'
  expect(JSON.parse(read('docs/pipeline.schema.json')), command).toEqual(generated)
})

it('the guide names every key of every kind of phase', () => {
  const guide = read('docs/user-guides/pipelines.md')
  const trading = 'terms of trading'
  expect(guide).toContain(trading)
  for (const grammar of [...Object.values(PREPARE_GRAMMARS), ...Object.values(GRAMMARS)]) {
    const keys = Object.keys(grammar.shape)
    const own = 'stop_loss' in grammar.shape ? keys.slice(keys.indexOf('kind')) : keys
    for (const key of own) expect(guide, key).toContain(`\`${key}\``)
  }
})

it.each(readdirSync(`${ROOT}/examples/pipelines`).filter((name) => name.endsWith('.yaml')))(
  'examples/pipelines/%s is sound',
  (name) => {
    expect(loadPipeline(`${ROOT}/examples/pipelines/${name}`).phases.length).toBeGreaterThan(1)
  },
)
