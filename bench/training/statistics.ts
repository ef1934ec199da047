// Quantiles of small samples: the element at the place, no interpolation, as the Python peer does it.

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
