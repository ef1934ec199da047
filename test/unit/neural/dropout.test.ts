import { describe, expect, it } from 'vitest'
import { dropoutKey, dropoutThreshold, isKept } from '../../../src/neural/dropout.ts'

const kept = (seed: number, step: number, layer: number, p: number): boolean[] => {
  const key = dropoutKey(seed, step, layer)
  const threshold = dropoutThreshold(p)
  const mask: boolean[] = []
  for (let row = 0; row < 200; row++)
    for (let unit = 0; unit < 50; unit++) mask.push(isKept(key, row, unit, threshold))
  return mask
}
const share = (mask: boolean[]): number => mask.filter(Boolean).length / mask.length
const agreement = (a: boolean[], b: boolean[]): number => share(a.map((value, i) => value === b[i]))

describe('dropout masks', () => {
  it('drop the asked share (10 000 units: within 4 standard errors)', () => {
    for (const p of [0.1, 0.2, 0.5, 0.9])
      expect(Math.abs(share(kept(1, 1, 0, p)) - (1 - p)), `p = ${p}`).toBeLessThan(
        4 * Math.sqrt((p * (1 - p)) / 1e4),
      )
  })
  it('p = 0 keeps everything', () => expect(share(kept(1, 1, 0, 0))).toBe(1))
  it('are functions of seed, step and layer, and independent between them', () => {
    const mask = kept(7, 3, 1, 0.5)
    expect(kept(7, 3, 1, 0.5)).toEqual(mask)
    for (const other of [kept(8, 3, 1, 0.5), kept(7, 4, 1, 0.5), kept(7, 3, 2, 0.5)])
      expect(Math.abs(agreement(mask, other) - 0.5)).toBeLessThan(0.02)
  })
  it('show no pattern along rows or units', () => {
    const mask = kept(5, 9, 0, 0.5)
    const neighbours = mask.slice(50).map((value, i) => value === mask[i])
    expect(Math.abs(share(neighbours) - 0.5), 'rows').toBeLessThan(0.02)
    const adjacent = mask.slice(1).map((value, i) => value === mask[i])
    expect(Math.abs(share(adjacent) - 0.5), 'units').toBeLessThan(0.02)
  })
})
