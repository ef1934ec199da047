// Quantiles of a sample in linear time, and in little memory: only the values below a guessed bound are kept.

/** The lowest values of a sample that is read run by run. */
export type LowEnd = {
  readonly bound: number
  /** Those below the bound, in their order: the first `size`. */
  values: Float64Array
  size: number
  /** Values that are just the bound. */
  ties: number
  /** All values so far. */
  count: number
}

/** How many values of a large sample are looked at to guess where its lowest end. */
const LOOKS = 2048

/**
 * For a quantile at `share` of a sample of `length` values.
 * @param valueAt any of them
 */
export function beginLowEnd(
  length: number,
  share: number,
  valueAt: (place: number) => number,
): LowEnd {
  if (length < 8 * LOOKS) return lowEndBelow(Infinity, length)
  const seen = new Float64Array(LOOKS)
  for (let i = 0; i < LOOKS; i++) seen[i] = valueAt(Math.floor((i * length) / LOOKS))
  seen.sort()
  const expected = share * LOOKS
  const place = Math.ceil(expected + 4 * Math.sqrt(expected)) // 4 standard deviations: seldom too low
  return lowEndBelow(seen[Math.min(place, LOOKS - 1)]!, Math.ceil(1.5 * share * length))
}

/** The whole sample: for when a guess was too low. */
export function wholeOf(sample: Float64Array): LowEnd {
  return { bound: Infinity, values: sample, size: sample.length, ties: 0, count: sample.length }
}

function lowEndBelow(bound: number, room: number): LowEnd {
  return { bound, values: new Float64Array(room), size: 0, ties: 0, count: 0 }
}

/** The next `count` values of the sample, no NaN. */
export function addValues(lowEnd: LowEnd, run: Float64Array, count: number): void {
  const { bound } = lowEnd
  let { values, size, ties } = lowEnd
  if (size + count > values.length) values = lowEnd.values = withRoom(values, size + count)
  for (let i = 0; i < count; i++) {
    const value = run[i]!
    if (value > bound) continue
    if (value < bound) values[size++] = value
    else ties++
  }
  lowEnd.size = size
  lowEnd.ties = ties
  lowEnd.count += count
}

function withRoom(values: Float64Array, room: number): Float64Array {
  const larger = new Float64Array(Math.max(room, 2 * values.length))
  larger.set(values)
  return larger
}

/**
 * The value below which `share` of the sample lies, linear between its order statistics (definition 7 of Hyndman &
 * Fan 1996, the default of numpy and R); `null` where the bound was guessed too low.
 * @param share in [0, 1)
 */
export function quantileOf({ bound, values, size, ties, count }: LowEnd, share: number) {
  const place = share * (count - 1)
  const rank = Math.floor(place)
  const next = rank === place ? rank : rank + 1
  if (next >= size + ties) return null
  if (rank >= size) return bound
  const low = values.slice(0, size)
  select(low, rank)
  const lower = low[rank]!
  if (rank === place) return lower
  let upper = bound
  for (let i = next; i < size; i++) if (low[i]! < upper) upper = low[i]!
  return lower + (place - rank) * (upper - lower)
}

/** Mean of the values that are `threshold` or less; it is at most the bound. */
export function meanUpTo({ bound, values, size, ties }: LowEnd, threshold: number): number {
  let sum = 0
  let count = 0
  for (let i = 0; i < size; i++) {
    if (values[i]! > threshold) continue
    sum += values[i]!
    count++
  }
  return threshold < bound ? sum / count : (sum + ties * bound) / (count + ties)
}

/**
 * Moves the value of that rank to its place, smaller ones before it and larger ones behind (Hoare's FIND,
 * 1961). Should pivots be bad again and again, what is left is sorted: never quadratic.
 */
function select(values: Float64Array, rank: number): void {
  let first = 0
  let last = values.length - 1
  for (let rounds = 2 * (32 - Math.clz32(values.length)); first < last; rounds--) {
    if (rounds === 0) {
      values.subarray(first, last + 1).sort()
      return
    }
    const pivot = medianOf(values[first]!, values[(first + last) >>> 1]!, values[last]!)
    let i = first
    let j = last
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i > j) break
      const value = values[i]!
      values[i++] = values[j]!
      values[j--] = value
    }
    if (rank <= j) last = j
    else if (rank >= i) first = i
    else return
  }
}

function medianOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
