// Finds the part of the grammar that a path of a file falls under, and says it in words.

import * as z from 'zod'
import { oneOf } from './problems.ts'
import type { Path } from './problems.ts'
import { strategyFile } from './schema.ts'
import { notes } from './schema-words.ts'

type Schema = z.core.$ZodType

export type Place = {
  readonly schema: Schema
  readonly required: boolean
  /** The default of an absent key, when it is the same in every strategy. */
  readonly byDefault?: unknown
  /** Why the key does nothing, when it is one of those. */
  readonly ignored?: string
  readonly remedy?: string
}

/** The grammar at `path`; undefined where it has nothing. */
export function placeAt(path: Path): Place | undefined {
  const schema = schemaAt(strategyFile, path)
  if (schema === undefined) return undefined
  const inner = unwrap(schema)
  const meta = z.globalRegistry.get(schema) ?? z.globalRegistry.get(inner)
  const remedy = notes.get(inner)?.remedy
  return {
    schema: inner,
    required: schema === inner,
    ...(schema instanceof z.ZodDefault ? { byDefault: schema.def.defaultValue } : {}),
    ...(meta?.deprecated ? { ignored: meta.description ?? '' } : {}),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** Whether the grammar has something at `path`; where it refuses all other keys, it has not. */
export function hasPlaceFor(path: Path): boolean {
  const place = placeAt(path)
  return place !== undefined && !(place.schema instanceof z.ZodNever)
}

/** The part of a grammar at `path`, with what wraps it; undefined where it has nothing. */
export function schemaAt(root: Schema, path: Path): Schema | undefined {
  let schema: Schema | undefined = root
  for (const step of path) {
    schema = inside(unwrap(schema), step)
    if (schema === undefined) return undefined
  }
  return schema
}

export function unwrap(schema: Schema): Schema {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return unwrap(schema.unwrap())
  return schema
}

function inside(schema: Schema, step: string | number): Schema | undefined {
  if (schema instanceof z.ZodUnion) {
    for (const option of schema.options) {
      const found = inside(option, step)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (typeof step === 'number') return schema instanceof z.ZodArray ? schema.element : undefined
  if (schema instanceof z.ZodRecord) return schema.valueType
  if (!(schema instanceof z.ZodObject)) return undefined
  const shape: Record<string, Schema> = schema.shape
  return Object.hasOwn(shape, step) ? shape[step] : schema.def.catchall
}

/** Keys of the mapping at `path`. */
export function keysAt(path: Path): string[] {
  const schema = placeAt(path)?.schema
  const options = schema instanceof z.ZodUnion ? schema.options : [schema]
  return options.flatMap((option) =>
    option instanceof z.ZodObject ? Object.keys(option.shape) : [],
  )
}

/** What belongs at a place: `an integer from 1 to 4096`, `one of adam, adamw or sgd`. */
export function expectation(schema: Schema): string {
  return notes.get(schema)?.expected ?? inWords(z.toJSONSchema(schema, { io: 'input' }))
}

function inWords(json: z.core.JSONSchema.BaseSchema): string {
  if (json.enum !== undefined) {
    const words = oneOf(json.enum.map(String))
    return json.enum.length > 2 ? `one of ${words}` : words
  }
  if (json.const !== undefined) return String(json.const)
  switch (json.type) {
    case 'integer':
      return `an integer${bounds(json)}`
    case 'number':
      return `a number${bounds(json)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'a list'
    case 'object':
      return 'a mapping'
    default:
      return 'text'
  }
}

function bounds(json: z.core.JSONSchema.BaseSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = json
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  const low = exclusiveMinimum === undefined ? minimum : `above ${exclusiveMinimum}`
  const high = exclusiveMaximum === undefined ? maximum : `below ${exclusiveMaximum}`
  const lowText = typeof low === 'number' ? `at least ${low}` : low
  const highText = typeof high === 'number' ? `at most ${high}` : high
  const both = [lowText, highText].filter((text) => text !== undefined).join(' and ')
  return both === '' ? '' : ` ${both}`
}

/** Where a key is at home: `in training` for `epochs`, `at the top level` for `name`. */
export function homeOf(key: string): string | undefined {
  return findHome(strategyFile, '', key)
}

function findHome(schema: Schema, path: string, key: string): string | undefined {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodArray) return findHome(inner.element, `${path}[]`, key)
  if (inner instanceof z.ZodUnion)
    return inner.options
      .map((option) => findHome(option, path, key))
      .find((home) => home !== undefined)
  if (!(inner instanceof z.ZodObject)) return undefined
  const shape: Record<string, Schema> = inner.shape
  if (Object.hasOwn(shape, key)) return path === '' ? 'at the top level' : `in ${path}`
  for (const [name, value] of Object.entries(shape)) {
    const home = findHome(value, path === '' ? name : `${path}.${name}`, key)
    if (home !== undefined) return home
  }
  return undefined
}
