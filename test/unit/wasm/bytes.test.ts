import { describe, expect, it } from 'vitest'
import {
  counted,
  float32Bits,
  int32Bytes,
  signed,
  text,
  unsigned,
} from '../../../src/wasm/bytes.ts'

// Reference: the examples of the WebAssembly and DWARF specifications for LEB128.

describe('LEB128', () => {
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [624485, [0xe5, 0x8e, 0x26]],
    [0xffffffff, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('writes %i without sign', (n, bytes) => {
    expect(unsigned(n)).toEqual(bytes)
  })

  it.each([
    [0, [0]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-1, [0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
    [-2147483648, [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])('writes %i with its sign', (n, bytes) => {
    expect(signed(n)).toEqual(bytes)
  })
})

describe('lists and numbers', () => {
  it('have their length in front', () => {
    expect(counted([[1, 2], [3]])).toEqual([2, 1, 2, 3])
    expect(text('ab')).toEqual([2, 97, 98])
  })

  it('are little-endian', () => {
    expect(int32Bytes([1, -1])).toEqual([1, 0, 0, 0, 255, 255, 255, 255])
    expect(float32Bits(1)).toBe(0x3f800000)
  })
})
