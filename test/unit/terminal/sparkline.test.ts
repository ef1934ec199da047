import { describe, expect, it } from 'vitest'
import { sparkline } from '../../../src/terminal/sparkline.ts'

describe('a sparkline', () => {
  it('goes from the lowest value to the highest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 60)).toBe('▁▂▃▄▅▆▇█')
    expect(sparkline([5, -5], 60)).toBe('█▁')
  })

  it('is no wider than its room, and keeps the first and the last value', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i === 99 ? 0 : i))
    expect(sparkline(values, 5)).toBe('▁▃▅▆▁')
    expect(sparkline(values, 1)).toBe('▁')
  })

  it('is a low line where nothing moves, and nothing of nothing', () => {
    expect(sparkline([3, 3, 3], 10)).toBe('▁▁▁')
    expect(sparkline([], 10)).toBe('')
  })
})
