// Figures that are undefined are `null`: NaN and Infinity do not leave this room.

/** An undefined figure, or one too large to mean anything, is `null`. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/** numerator / denominator; `null` without one of them, and for a denominator of 0. */
export function quotient(numerator: number | null, denominator: number | null): number | null {
  if (numerator === null || denominator === null || denominator === 0) return null
  return finite(numerator / denominator)
}
