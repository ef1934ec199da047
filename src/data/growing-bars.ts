import { sliceBars, type Bars } from './bars.ts'

const FIRST_CAPACITY = 4096
/** Lines differ in length: so much more than the first of them let expect. */
const SPARE = 1 / 32

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

/** Room for one more; true when the columns are others now. */
export function makeRoom(rows: GrowingBars): boolean {
  const { length, timestampMs } = rows
  if (length < timestampMs.length) return false
  setCapacity(rows, 2 * length)
  return true
}

/** Makes room for about so many at once. */
export function expectBars(rows: GrowingBars, count: number): void {
  const capacity = Math.ceil(count * (1 + SPARE))
  if (capacity > rows.timestampMs.length) setCapacity(rows, capacity)
}

/** In the order of BAR_COLUMNS; up to the next `makeRoom`. */
export function columnsOf({ open, high, low, close, volume }: GrowingBars): Float64Array[] {
  return [open, high, low, close, volume]
}

/** The bars so far. Memory of which much is unused is cut to size, which copies it: `rows` is used up. */
export function finishBars(rows: GrowingBars): { bars: Bars; lines: Int32Array } {
  const { length } = rows
  if (rows.timestampMs.length > length * (1 + 2 * SPARE)) setCapacity(rows, length)
  return { bars: sliceBars(rows, 0, length), lines: rows.lines.subarray(0, length) }
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
