// The grammar as JSON Schema, for editors: docs/strategy.schema.json (draft 7, what
// yaml-language-server knows best). Indicator types and their parameters come from the catalog.

import * as z from 'zod'
import { MEMBERSHIP_TYPES } from '../fuzzy/membership.ts'
import { indicatorNames, INDICATORS, refusal } from '../indicators/catalog.ts'
import type { Indicator, ParameterSpec } from '../indicators/indicator.ts'
import { otherKeys, parametersMeant } from './parameters-meant.ts'
import { NETWORK_KEYS, ruleFile, strategyFile } from './schema.ts'
import { indicator as indicatorSchema, indicatorType, membershipType } from './schema-inputs.ts'

type JsonSchema = z.core.JSONSchema.JSONSchema

export function strategyJsonSchema(): JsonSchema {
  const usable = [...INDICATORS.values()].filter(({ type }) => isUsable(type))
  const schema = z.toJSONSchema(strategyFile, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === indicatorType) jsonSchema.enum = indicatorNames().filter(isUsable)
      if (zodSchema === membershipType) jsonSchema.enum = [...MEMBERSHIP_TYPES]
      if (zodSchema === indicatorSchema) jsonSchema.allOf = usable.map(ofType)
    },
  })
  return { ...schema, ...needsOf(schema), title: 'ktrdr strategy, version 3' }
}

/** With `rules`, no key of a network and no other need; without, all that a network needs. */
function needsOf(schema: JsonSchema): JsonSchema {
  const ofRules = z.toJSONSchema(ruleFile, { io: 'input' }).required ?? []
  const always = ofRules.filter((key) => key !== 'rules')
  const ofNetwork = schema.required?.filter((key) => !always.includes(key)) ?? []
  return {
    required: always,
    if: { required: ['rules'] },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { properties: Object.fromEntries(NETWORK_KEYS.map((key) => [key, false])) },
    else: { required: ofNetwork },
  }
}

function isUsable(type: string): boolean {
  return refusal(type) === undefined
}

/** If an indicator is of this type, then it has these parameters. */
function ofType(indicator: Indicator): JsonSchema {
  const { type, aliases, parameters } = indicator
  return {
    if: { required: ['type'], properties: { type: { enum: [type, ...aliases] } } },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: {
      properties: {
        type: true,
        data_source: true,
        ...Object.fromEntries(
          Object.entries(parameters).map(([name, spec]) => [name, ofParameter(spec)]),
        ),
        ...Object.fromEntries(otherKeys(indicator).map((key) => [key, ofOther(indicator, key)])),
      },
      additionalProperties: false,
    },
  }
}

/** Accepted with a warning, so an editor strikes it through and does not call it wrong. */
function ofOther(indicator: Indicator, key: string): JsonSchema {
  const names = parametersMeant(indicator, key) ?? []
  const description =
    names.length === 0
      ? `Ignored: ${indicator.type} has no ${key}.`
      : `Is read as ${names.join(' and ')}.`
  return { description, deprecated: true }
}

function ofParameter(spec: ParameterSpec): JsonSchema {
  const byDefault = { default: spec.default }
  switch (spec.kind) {
    case 'integer':
      return { type: 'integer', minimum: spec.min, maximum: spec.max, ...byDefault }
    case 'number': {
      const low = spec.exclusiveMin ? { exclusiveMinimum: spec.min } : { minimum: spec.min }
      const high = spec.exclusiveMax ? { exclusiveMaximum: spec.max } : { maximum: spec.max }
      return { type: 'number', ...low, ...high, ...byDefault }
    }
    case 'boolean':
      return { type: 'boolean', ...byDefault }
    case 'choice':
      return { type: 'string', enum: [...spec.choices], ...byDefault }
  }
}
