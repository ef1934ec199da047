import { readFileSync } from 'node:fs'

/** The columns of a small CSV fixture without quotes, as text. `path` is relative to the repository. */
export function readTable(path: string): Record<string, string[]> {
  const file = new URL(`../../${path}`, import.meta.url)
  const [header, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n')
  const cells = rows.map((row) => row.split(','))
  return Object.fromEntries(
    header!.split(',').map((name, i) => [name, cells.map((row) => row[i]!)]),
  )
}

/** A column of numbers; an empty cell is NaN. */
export function numberColumn(table: Record<string, string[]>, name: string): Float64Array {
  return Float64Array.from(table[name]!, (cell) => (cell === '' ? NaN : Number(cell)))
}
