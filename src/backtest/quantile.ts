// Quantiles of a sample in linear time.

/**
 * The value below which `share` of `sample` lies, linear between its order statistics (definition 7 of
 * Hyndman & Fan 1996, the default of numpy and R).
 * @param sample at least one number, no NaN
 * @param share in [0, 1)
 */
export function quantile(sample: Float64Array, share: number): number {
  const place = share * (sample.length - 1)
  const rank = Math.floor(place)
  const values = lowest(sample, rank + 2)
  select(values, rank)
  const lower = values[rank]!
  if (rank === place) return lower
  let upper = Infinity
  for (let i = rank + 1; i < values.length; i++) if (values[i]! < upper) upper = values[i]!
  return lower + (place - rank) * (upper - lower)
}

/** Every how many values a large sample is looked at to guess where its lowest end. */
const STRIDE = 128

/** A copy of the sample's lowest values, `wanted` or more of them, and few more if the guess is good. */
function lowest(sample: Float64Array, wanted: number): Float64Array {
  const looks = Math.floor(sample.length / STRIDE)
  if (looks < STRIDE) return sample.slice()
  const seen = Float64Array.from({ length: looks }, (_, i) => sample[i * STRIDE]!).toSorted()
  const bound = seen[Math.min(looks - 1, Math.floor((1.5 * wanted) / STRIDE))]!
  let count = 0
  for (let i = 0; i < sample.length; i++) if (sample[i]! <= bound) count++
  if (count < wanted) return sample.slice()
  const found = new Float64Array(count)
  let next = 0
  for (let i = 0; i < sample.length; i++) if (sample[i]! <= bound) found[next++] = sample[i]!
  return found
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
