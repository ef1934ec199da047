// Words that the sections of the grammar share.
//
// A description is what an editor shows; a *note* is for error messages: what belongs here, where
// the schema does not say it well, and what to write instead.

import * as z from 'zod'
import { TIMEFRAMES } from '../data/bars.ts'

export type Note = {
  /** What belongs here, as in "expected …". */
  readonly expected?: string
  /** What to write, when the value is missing or of the wrong kind. */
  readonly remedy?: string
}

export const notes = z.registry<Note>()

/**
 * A name that is a number would lose its place in the order of its mapping, which is the feature
 * order.
 */
export const ID = /^[\p{L}\p{N}_-]*[\p{L}_-][\p{L}\p{N}_-]*$/u
export const ID_REMEDY = 'use letters, digits, _ and -, and not digits alone'

export const id = z.string().regex(ID)

export const symbol = z
  .string()
  .regex(/^[A-Za-z0-9_\-.]{1,20}$/)
  .register(notes, { expected: 'a symbol of 1 to 20 letters, digits, _, - and .' })

export const timeframe = z.enum(TIMEFRAMES)

/**
 * A key that upstream reads without effect: accepted, with a warning that says why nothing happens.
 */
export function ignored(reason: string) {
  return z
    .unknown()
    .meta({ deprecated: true, description: `Ignored: ${reason}.` })
    .optional()
}

/** A mapping that has these keys and no others. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape, remedy?: string) {
  return z.strictObject(shape).register(notes, remedy === undefined ? {} : { remedy })
}
