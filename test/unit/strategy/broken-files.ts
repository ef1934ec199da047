// What every test of a broken file does: break the sample, read what it is told.

import { expect, it } from 'vitest'
import { edited, problemsOf, refusalOf } from './sample.ts'

type Break = {
  readonly what: string
  readonly edits: readonly (readonly [before: string, after: string])[]
  /** Without the name of the file. */
  readonly lines: readonly string[]
}

export function itTells(breaks: readonly Break[]): void {
  it.each(breaks)('$what is told with its place', ({ edits, lines }) => {
    const text = edited(...edits)
    expect(problemsOf(text), 'exactly these lines').toEqual(
      lines.map((line) => `sample.yaml:${line}`),
    )
    expect(refusalOf(text)?.code, 'what kind of error').toBe('STRATEGY_INVALID')
    expect(refusalOf(text)?.exitCode, 'the strategy is invalid').toBe(7)
  })
}
