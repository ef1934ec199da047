// The grammar as the JSON schema has it: every key there may be, and every mapping.

import { strategyJsonSchema } from '../../../src/strategy/json-schema.ts'

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly deprecated?: boolean
}

export type GrammarKey = {
  /** `training.labels.source`, `nn_inputs[].fuzzy_set`, `fuzzy_sets.*.indicator`. */
  readonly path: string
  /** Accepted, and without effect in any file. */
  readonly isIgnored: boolean
  /** A mapping or a list of mappings, which only its keys give a meaning. */
  readonly isSection: boolean
}

const GRAMMAR = strategyJsonSchema() as Schema

/** In the order of the grammar; parameters of indicators are not among them. */
export function grammarKeys(schema = GRAMMAR, path = ''): GrammarKey[] {
  return forms(schema).flatMap((form) => [
    ...Object.entries(form.properties ?? {}).flatMap(([key, value]) => {
      const inner = path === '' ? key : `${path}.${key}`
      const below = grammarKeys(value, inner)
      const scalar = forms(value).some((option) => !isNested(option))
      const isSection = below.length > 0 && !scalar
      return [{ path: inner, isIgnored: value.deprecated ?? false, isSection }, ...below]
    }),
    ...(form.items === undefined ? [] : grammarKeys(form.items, `${path}[]`)),
    ...(typeof form.additionalProperties === 'object'
      ? grammarKeys(form.additionalProperties, `${path}.*`)
      : []),
  ])
}

/** Places of mappings; `` is the file. */
export function grammarMappings(): string[] {
  const inKeys = grammarKeys().map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('.'))))
  return [...new Set(inKeys)]
}

function forms(schema: Schema): readonly Schema[] {
  return schema.anyOf?.flatMap(forms) ?? [schema]
}

function isNested({ properties, additionalProperties, items }: Schema): boolean {
  return properties !== undefined || typeof additionalProperties === 'object' || items !== undefined
}
