// `ktrdr report` and `ktrdr compare` on the screen.

import { size, visible } from './format.ts'
import { labelled, table, type Column } from './table.ts'
import { hanging } from './wrap.ts'

export function reportScreen(
  {
    path,
    sizeBytes,
    missing,
  }: { readonly path: string; readonly sizeBytes: number; readonly missing: readonly string[] },
  room: number,
): string {
  return [
    ...missing.map((sentence) => hanging('! ', visible(sentence), room)),
    labelled([['Report', `${path}  ${size(sizeBytes)}`]], { room }),
  ].join('\n')
}

export type Comparison = {
  readonly runs: readonly {
    readonly label: string
    readonly name: string
    readonly market: string
    readonly range: string
    readonly trading: string
  }[]
  readonly rows: readonly {
    readonly label: string
    readonly texts: readonly string[]
    readonly best: readonly number[]
  }[]
  readonly path: string | null
  readonly warnings: readonly string[]
}

export function compareScreen({ runs, rows, path, warnings }: Comparison, room: number): string {
  const legend = labelled(
    runs.map(({ label, name, market, range, trading }) => [
      label,
      [name, market, range, trading].filter(Boolean).join('  '),
    ]),
    { room },
  )
  return [
    legend,
    sideBySide(runs, rows, room),
    [
      '* the best of its row',
      ...warnings.map((warning) => hanging('! ', visible(warning), room)),
      ...(path === null ? [] : [labelled([['Page', path]], { room })]),
    ].join('\n'),
  ].join('\n\n')
}

/** A column for each run; the best of a row has a star. As many columns as fit, the others below. */
export function sideBySide(
  runs: Comparison['runs'],
  rows: Comparison['rows'],
  room: number,
): string {
  const cells = rows.map(({ label, texts, best }) => [
    label,
    ...texts.map((text, i) => (best.includes(i) ? `${text} *` : `${text}  `)),
  ])
  const heads = runs.map(({ label }) => `${label}  `)
  return groupsThatFit(heads, cells, room)
    .map((shown) => {
      const columns: Column[] = [
        { head: '' },
        ...shown.map((i) => ({ head: heads[i]!, align: 'right' as const })),
      ]
      return table(
        columns,
        cells.map((row) => [row[0]!, ...shown.map((i) => row[i + 1]!)]),
      )
    })
    .join('\n\n')
}

/** Runs of one block: the labels of the rows stand before each. */
function groupsThatFit(
  heads: readonly string[],
  cells: readonly (readonly string[])[],
  room: number,
): number[][] {
  const labels = Math.max(0, ...cells.map(([label]) => label!.length))
  const groups: number[][] = []
  let left = 0
  for (const [i, head] of heads.entries()) {
    const width = 2 + Math.max(head.length, ...cells.map((row) => row[i + 1]!.length))
    if (groups.length === 0 || width > left) {
      groups.push([])
      left = room - labels
    }
    groups.at(-1)!.push(i)
    left -= width
  }
  return groups
}
