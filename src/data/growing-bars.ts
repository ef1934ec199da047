import { BAR_COLUMNS, type Bars } from './bars.ts'

const FIRST_CAPACITY = 4096

/** Bars of which the number is not known yet, and the line that each came from. */
export type GrowingBars = {
  length: number
  lines: Int32Array<ArrayBuffer>
  timestampMs: Float64Array<ArrayBuffer>
  /** In the order of BAR_COLUMNS. */
  columns: Float64Array<ArrayBuffer>[]
}

export function growingBars(): GrowingBars {
  return {
    length: 0,
    lines: new Int32Array(FIRST_CAPACITY),
    timestampMs: new Float64Array(FIRST_CAPACITY),
    columns: BAR_COLUMNS.map(() => new Float64Array(FIRST_CAPACITY)),
  }
}

/** @param values one for each of BAR_COLUMNS */
export function addBar(
  rows: GrowingBars,
  line: number,
  timestampMs: number,
  values: readonly number[],
): void {
  const row = rows.length
  if (row === rows.timestampMs.length) setCapacity(rows, 2 * row)
  rows.lines[row] = line
  rows.timestampMs[row] = timestampMs
  for (let i = 0; i < values.length; i++) rows.columns[i]![row] = values[i]!
  rows.length++
}

/** The bars so far. Their memory is cut to size: `rows` is used up. */
export function finishBars(rows: GrowingBars): { bars: Bars; lines: Int32Array } {
  const { length } = rows
  setCapacity(rows, length)
  const [open, high, low, close, volume] = rows.columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const bars = { length, timestampMs: rows.timestampMs, open, high, low, close, volume }
  return { bars, lines: rows.lines }
}

function setCapacity(rows: GrowingBars, capacity: number): void {
  const sized = (column: Float64Array<ArrayBuffer>) =>
    new Float64Array(column.buffer.transfer(8 * capacity))
  rows.lines = new Int32Array(rows.lines.buffer.transfer(4 * capacity))
  rows.timestampMs = sized(rows.timestampMs)
  rows.columns = rows.columns.map(sized)
}
