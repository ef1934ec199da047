// The median of all values so far, at each value: two heaps, the lower half (negated, so that its greatest comes first)
// and the upper half. O(n log n).

type Heap = { readonly items: Float64Array; size: number }

/** Of an even number of values the mean of the two in the middle. NaN is left out; NaN before the first number. */
export function expandingMedian(values: Float64Array): Float64Array {
  const medians = new Float64Array(values.length)
  const lower: Heap = { items: new Float64Array(values.length + 1), size: 0 }
  const upper: Heap = { items: new Float64Array(values.length + 1), size: 0 }
  let median = NaN
  for (let t = 0; t < values.length; t++) {
    const value = values[t]!
    if (!Number.isNaN(value)) {
      if (value > median) push(upper, value)
      else push(lower, -value)
      if (upper.size > lower.size) push(lower, -popLeast(upper))
      if (lower.size > upper.size + 1) push(upper, -popLeast(lower))
      const middle = -lower.items[0]!
      median = lower.size > upper.size ? middle : (middle + upper.items[0]!) / 2
    }
    medians[t] = median
  }
  return medians
}

function push(heap: Heap, value: number): void {
  const { items } = heap
  let place = heap.size++
  while (place > 0) {
    const parent = (place - 1) >> 1
    if (items[parent]! <= value) break
    items[place] = items[parent]!
    place = parent
  }
  items[place] = value
}

function popLeast(heap: Heap): number {
  const { items } = heap
  const least = items[0]!
  const value = items[--heap.size]!
  let place = 0
  for (;;) {
    let child = 2 * place + 1
    if (child >= heap.size) break
    if (child + 1 < heap.size && items[child + 1]! < items[child]!) child++
    if (items[child]! >= value) break
    items[place] = items[child]!
    place = child
  }
  items[place] = value
  return least
}
