// The path of a value in a strategy as people write it: `training.learning_rate`, `fuzzy_sets.rsi.low.parameters[2]`,
// `indicators["odd name"].period`. The inverse of `pathText`.

import type { Path } from './problems.ts'

const STEP = /\.?([\p{L}\p{N}_-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/uy

/** Undefined when it is no path. */
export function parsePath(text: string): Path | undefined {
  const path: (string | number)[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < text.length) {
    const isFirst = STEP.lastIndex === 0
    const match = STEP.exec(text)
    if (match === null) return undefined
    const [whole, name, index, quoted] = match
    if (name !== undefined && whole.startsWith('.') === isFirst) return undefined
    path.push(name ?? (index === undefined ? unquoted(quoted!) : Number(index)))
  }
  return path.length === 0 ? undefined : path
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return text // an escape that JSON has not: the path is found nowhere, and is told as it was written
  }
}
