// How figures are spelled for people.

/** 31104 → "31 104". */
export function grouped(n: number): string {
  return String(n).replaceAll(/\B(?=(?:\d{3})+$)/g, ' ')
}

/** "1 bar", "2 bars", "400 batches". */
export function counted(n: number, unit: string): string {
  return `${grouped(n)} ${n === 1 ? unit : plural(unit)}`
}

export function plural(unit: string): string {
  return unit === 'batch' ? 'batches' : `${unit}s`
}
