// What a state from a checkpoint must consist of, field by field. A field that is missing, unknown or of another kind is
// refused by its name, so that a state of another layout never goes on to other bytes. The types see to it that the
// readers of an object name every one of its fields.

import { KtrdrError } from './errors.ts'
import { isPlain, type Json } from './hash.ts'
import type { Column, Tensor, TypedArray } from './snapshot.ts'

/** Gives back `value` as it is. @throws CHECKPOINT_CORRUPT, naming `path`, when it is no T */
export type Reader<T> = (value: unknown, path: string) => T

export const number: Reader<number> = (value, path) =>
  typeof value === 'number' ? value : refuse(path, 'a number')

export const boolean: Reader<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : refuse(path, 'true or false')

export const text: Reader<string> = (value, path) =>
  typeof value === 'string' ? value : refuse(path, 'text')

export const column: Reader<Column> = (value, path) =>
  (value as Partial<Column> | null)?.column instanceof Float64Array
    ? (value as Column)
    : refuse(path, 'a column of numbers')

export const typedArray: Reader<TypedArray> = (value, path) =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? (value as TypedArray)
    : refuse(path, 'an array of numbers')

/** What its owner alone knows. */
export const anything: Reader<Json> = (value) => value as Json

/** An object of any names. */
export function recordOf<T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || !isPlain(value)) refuse(path, 'an object')
    for (const [name, item] of Object.entries(value)) read(item, join(path, name))
    return value as Record<string, T>
  }
}

export function oneOf<T extends string>(words: readonly T[]): Reader<T> {
  return (value, path) => words.find((word) => word === value) ?? refuse(path, words.join(' or '))
}

export function orNull<T>(read: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null ? null : read(value, path))
}

export function listOf<T>(read: Reader<T>): Reader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) refuse(path, 'a list')
    for (const [i, item] of value.entries()) read(item, join(path, String(i)))
    return value as T[]
  }
}

/** An object with these fields and no others. */
export function fields<T extends object>(readers: {
  readonly [Key in keyof T]-?: Reader<T[Key]>
}): Reader<T> {
  const known = Object.entries(readers) as [string, Reader<unknown>][]
  return (value, path) => {
    if (typeof value !== 'object' || value === null || !isPlain(value)) refuse(path, 'an object')
    for (const [name, read] of known) {
      if (!Object.hasOwn(value, name)) throw corrupt(`has no field ${join(path, name)}`)
      read(value[name], join(path, name))
    }
    for (const name of Object.keys(value))
      if (!Object.hasOwn(readers, name)) throw corrupt(`has an unknown field ${join(path, name)}`)
    return value as T
  }
}

/** Tensors of the same names and shapes. */
export function tensorsLike(
  expected: Readonly<Record<string, Tensor>>,
): Reader<Readonly<Record<string, Tensor>>> {
  const readers = Object.entries(expected).map(([name, { shape }]) => [name, tensorOf(shape)])
  return fields(Object.fromEntries(readers) as Readonly<Record<string, Reader<Tensor>>>)
}

function tensorOf(expected: readonly number[]): Reader<Tensor> {
  return (value, path) => {
    const { tensor, shape } = Object(value) as Partial<Tensor>
    const isLike = tensor instanceof Float32Array && shape?.join() === expected.join()
    return isLike ? (value as Tensor) : refuse(path, `a tensor of ${expected.join(' × ')}`)
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function refuse(path: string, expected: string): never {
  throw corrupt(path === '' ? `is not ${expected}` : `has a field ${path} that is not ${expected}`)
}

function corrupt(what: string): KtrdrError {
  return new KtrdrError('CHECKPOINT_CORRUPT', `The state in the checkpoint ${what}.`)
}
