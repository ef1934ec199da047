import type { Bars } from './bars.ts'

const FIRST_CAPACITY = 4096

/** Bars of which the number is not known yet, and the line that each came from. */
export type GrowingBars = {
  length: number
  lines: Int32Array<ArrayBuffer>
  timestampMs: Float64Array<ArrayBuffer>
  open: Float64Array<ArrayBuffer>
  high: Float64Array<ArrayBuffer>
  low: Float64Array<ArrayBuffer>
  close: Float64Array<ArrayBuffer>
  volume: Float64Array<ArrayBuffer>
}

export function growingBars(): GrowingBars {
  return {
    length: 0,
    lines: new Int32Array(FIRST_CAPACITY),
    timestampMs: new Float64Array(FIRST_CAPACITY),
    open: new Float64Array(FIRST_CAPACITY),
    high: new Float64Array(FIRST_CAPACITY),
    low: new Float64Array(FIRST_CAPACITY),
    close: new Float64Array(FIRST_CAPACITY),
    volume: new Float64Array(FIRST_CAPACITY),
  }
}

/** @param values one for each of BAR_COLUMNS */
export function addBar(
  rows: GrowingBars,
  line: number,
  timestampMs: number,
  values: Float64Array,
): void {
  const row = rows.length
  if (row === rows.timestampMs.length) setCapacity(rows, 2 * row)
  rows.lines[row] = line
  rows.timestampMs[row] = timestampMs
  rows.open[row] = values[0]!
  rows.high[row] = values[1]!
  rows.low[row] = values[2]!
  rows.close[row] = values[3]!
  rows.volume[row] = values[4]!
  rows.length++
}

/** The bars so far. Their memory is cut to size: `rows` is used up. */
export function finishBars(rows: GrowingBars): { bars: Bars; lines: Int32Array } {
  setCapacity(rows, rows.length)
  const { lines, ...bars } = rows
  return { bars, lines }
}

function setCapacity(rows: GrowingBars, capacity: number): void {
  const sized = ({ buffer }: Float64Array<ArrayBuffer>) =>
    new Float64Array(buffer.transfer(8 * capacity))
  rows.lines = new Int32Array(rows.lines.buffer.transfer(4 * capacity))
  rows.timestampMs = sized(rows.timestampMs)
  rows.open = sized(rows.open)
  rows.high = sized(rows.high)
  rows.low = sized(rows.low)
  rows.close = sized(rows.close)
  rows.volume = sized(rows.volume)
}
