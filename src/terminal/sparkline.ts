// A curve in one line of text: "▃▄▅▄▆▇█▆".

const LEVELS = '▁▂▃▄▅▆▇█'

/**
 * `values` at evenly spaced places, the last one included, from the lowest value (▁) to the highest (█).
 * @param width characters at most
 */
export function sparkline(values: readonly number[], width: number): string {
  const points = Math.min(width, values.length)
  const step = points > 1 ? (values.length - 1) / (points - 1) : 0
  const lowest = values.reduce((low, value) => Math.min(low, value), Infinity)
  const highest = values.reduce((high, value) => Math.max(high, value), -Infinity)
  const scale = highest > lowest ? (LEVELS.length - 1) / (highest - lowest) : 0
  const levelAt = (i: number): number => (values[Math.round(i * step)]! - lowest) * scale
  return Array.from({ length: points }, (_, i) => LEVELS[Math.round(levelAt(i))]).join('')
}
