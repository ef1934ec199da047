// Writes docs/strategy.schema.json and docs/pipeline.schema.json, the grammars of the files for editors:
// node scripts/node.mjs scripts/strategy-schema.ts
import { writeFileSync } from 'node:fs'
import { pipelineJsonSchema } from '../src/pipeline/json-schema.ts'
import { strategyJsonSchema } from '../src/strategy/json-schema.ts'

for (const [name, schema] of [
  ['strategy', strategyJsonSchema()],
  ['pipeline', pipelineJsonSchema()],
] as const) {
  const file = new URL(`../docs/${name}.schema.json`, import.meta.url)
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`)
}
