import { describe, expect, it } from 'vitest'
import {
  allocateFrom,
  createMemory,
  growMemory,
  panelsOf,
  strideOf,
} from '../../../../src/neural/kernel/memory.ts'

const PAGE = 65536

describe('the memory of a network', () => {
  it('is just as large as it needs, and grows', () => {
    const memory = createMemory(PAGE + 1)
    expect(memory.buffer.byteLength).toBe(2 * PAGE)
    growMemory(memory, 3 * PAGE)
    growMemory(memory, PAGE)
    expect(memory.buffer.byteLength).toBe(3 * PAGE)
  })

  it('says how much is missing beyond 4 GiB', () => {
    const error = { code: 'NOT_YET_SUPPORTED', message: expect.stringContaining('5.0 GiB') }
    expect(() => createMemory(5 * 2 ** 30)).toThrow(expect.objectContaining(error))
    const memory = createMemory(PAGE)
    expect(() => growMemory(memory, 5 * 2 ** 30)).toThrow(expect.objectContaining(error))
  })

  it('says how much the system did not give, small as it may be', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true })
    expect(() => growMemory(memory, 20 * PAGE)).toThrow(
      expect.objectContaining({
        code: 'OPERATION_FAILED',
        message: expect.stringContaining(' 2 MiB '),
      }),
    )
  })

  it('gives out places that begin a cache line and do not overlap', () => {
    const { take, end } = allocateFrom(100)
    const [a, b, c] = [take(1), take(64), take(65)]
    expect([a, b, c, end()]).toEqual([128, 192, 256, 384])
  })

  it('has room for the panels of a matrix, with rows of 32 bytes', () => {
    expect([1, 8, 9].map(panelsOf)).toEqual([1, 1, 2])
    expect(strideOf(64)).toBe(64 * 32 + 192)
  })
})
