// Trials by how good they are.

/** Numbers of the trials, the best first; those without a loss last, equal ones by number. */
export function bestFirst(losses: readonly (number | null)[]): number[] {
  return losses
    .map((_, i) => i)
    .toSorted((a, b) => {
      const [x, y] = [losses[a] ?? Infinity, losses[b] ?? Infinity]
      return x === y ? a - b : x - y
    })
}
