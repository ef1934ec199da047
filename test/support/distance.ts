/** |actual − expected|; 0 when both are NaN, Infinity when only one is a number. */
export function distance(actual: number | undefined, expected: number | undefined): number {
  if (actual === undefined || expected === undefined) return Infinity
  if (Number.isNaN(actual) && Number.isNaN(expected)) return 0
  const difference = Math.abs(actual - expected)
  return Number.isNaN(difference) ? Infinity : difference
}
