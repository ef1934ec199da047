// The grammar as JSON Schema, for editors: docs/pipeline.schema.json (draft 7, what yaml-language-server knows best).

import * as z from 'zod'
import { GRAMMARS, pipelineFile, PREPARE_GRAMMARS } from './schema.ts'

type JsonSchema = z.core.JSONSchema.JSONSchema

const OPTIONS = { io: 'input', target: 'draft-7' } as const

export function pipelineJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(pipelineFile, OPTIONS)
  const kinds = [...Object.values(PREPARE_GRAMMARS), ...Object.values(GRAMMARS)].map((grammar) => {
    const { $schema: _, ...kind } = z.toJSONSchema(grammar, OPTIONS)
    return kind
  })
  const phases = schema.properties!['phases'] as JsonSchema
  return {
    ...schema,
    title: 'ktrdr pipeline',
    properties: {
      ...schema.properties,
      phases: {
        ...phases,
        minProperties: 1,
        additionalProperties: { anyOf: kinds as JsonSchema[] },
      },
    },
  }
}
