// Writes docs/strategy.schema.json, the grammar of strategy files for editors:
// node scripts/node.mjs scripts/strategy-schema.ts
import { writeFileSync } from 'node:fs'
import { strategyJsonSchema } from '../src/strategy/json-schema.ts'

const file = new URL('../docs/strategy.schema.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(strategyJsonSchema(), null, 2)}\n`)
