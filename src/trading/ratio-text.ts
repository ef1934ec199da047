// Numbers and shares as people write them: "0.02" and "2%" are the same share. What is written is read back to the same
// bits: the point is moved in the text, and nothing is multiplied.

const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const PERCENT = /^(\d+\.?\d*|\.\d+) ?%$/

/** "10000", "0.01", "1e-4": 0 or more, finite. */
export function parseNumber(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : NaN
  return Number.isFinite(value) ? value : undefined
}

/** "2%" or "0.02" → 0.02. A bare number of 1 or more is nobody's share: 2 may mean 2 % or 200 %. */
export function parseRatio(text: string): number | undefined {
  const [, percent] = PERCENT.exec(text) ?? []
  if (percent !== undefined) return parseNumber(`${percent}e-2`)
  const value = parseNumber(text)
  return value === undefined || value >= 1 ? undefined : value
}

/** 0.02 → "2%". */
export function ratioText(ratio: number): string {
  const [mantissa = '', exponent] = ratio.toExponential().split('e')
  const digits = mantissa.replace('.', '')
  const point = Number(exponent) + 3
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}%`
  const [whole, rest] = [digits.slice(0, point).padEnd(point, '0'), digits.slice(point)]
  return `${whole.replace(/^0+(?=\d)/, '')}${rest === '' ? '' : `.${rest}`}%`
}
