// What `migrate` has done to a strategy, line by line.

import { counted } from '../core/text.ts'
import { visible } from './format.ts'
import { hanging } from './wrap.ts'

/** @param isPreview shows the new file itself */
export function migrationScreen(
  report: {
    readonly path: string
    readonly from: number
    readonly changes: readonly {
      readonly kind: string
      readonly what: string
      readonly why?: string
      readonly isLoss?: true
    }[]
    readonly counts: {
      readonly indicators: readonly [number, number]
      readonly fuzzySets: readonly [number, number]
    } | null
    readonly out: string | null
    readonly written: boolean
    readonly text: string | null
    readonly warnings: readonly string[]
    readonly problems: readonly string[]
  },
  isPreview: boolean,
  room = Infinity,
): string {
  const { path, from, changes, counts, out, written, text, warnings, problems } = report
  if (counts === null) return `${path} is version 3 already: nothing to do.`
  return [
    `${path} is version ${from}. As version 3:`,
    ...changes.map(({ kind, what, why, isLoss }) =>
      hanging(
        `${isLoss ? '!' : ' '} ${kind.padEnd(7)}  `,
        `${what}${why === undefined ? '' : ` (${why})`}`,
        room,
      ),
    ),
    ...countLines('indicator', counts.indicators),
    ...countLines('fuzzy set', counts.fuzzySets),
    ...warnings.map((warning) => hanging('! ', warning, room)),
    ...(isPreview ? ['', text!.trimEnd()] : []),
    ...(written ? [`Written to ${out!}.`] : []),
    ...(written && problems.length === 0 ? [`Next: ktrdr validate ${out!}`] : []),
  ]
    .map(visible)
    .join('\n')
}

function countLines(what: string, [before, after]: readonly [number, number]): string[] {
  if (before === after) return [`  ${counted(after, what)}, as before`]
  return [`! ${counted(after, what)}, where there were ${before}`]
}
