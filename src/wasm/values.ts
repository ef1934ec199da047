// Values of a WebAssembly function under construction: typed expressions and the instructions that join them.
// An expression is the bytes that leave it on the stack, so composing expressions is composing programs, and
// the order of the arithmetic is exactly the one that is written. Only what the routines need is here.

import { float32Bits, int32Bytes, signed, unsigned } from './bytes.ts'

export const VALUE_TYPES = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const
export type ValueType = keyof typeof VALUE_TYPES

export type Value<Type extends ValueType> = {
  readonly type: Type
  readonly code: readonly number[]
}

export type I32 = Value<'i32'>
export type F32 = Value<'f32'>
export type V128 = Value<'v128'>

/** Byte offset that is folded into a load or a store; costs nothing. */
type Offset = number

function value<Type extends ValueType>(type: Type, code: readonly number[]): Value<Type> {
  return { type, code }
}

// 32-bit integers; addresses are such, and unsigned. Numbers stand for constants.

type Int = I32 | number

const asI32 = (x: Int): I32 => (typeof x === 'number' ? value('i32', [0x41, ...signed(x)]) : x)

const i32Binary =
  (opcode: number) =>
  (a: Int, b: Int): I32 =>
    value('i32', asI32(a).code.concat(asI32(b).code, opcode))

const addI32 = i32Binary(0x6a)

export const i32 = {
  const: asI32,
  equal: i32Binary(0x46),
  lessThan: i32Binary(0x49),
  atLeast: i32Binary(0x4f),
  /** The sum of two or more. */
  add: (first: Int, ...rest: readonly Int[]): I32 => rest.reduce<I32>(addI32, asI32(first)),
  sub: i32Binary(0x6b),
  mul: i32Binary(0x6c),
  /** Remainder of unsigned numbers. */
  rem: i32Binary(0x70),
  and: i32Binary(0x71),
  or: i32Binary(0x72),
  shl: i32Binary(0x74),
  shr: i32Binary(0x76),
  load: (address: Int, offset: Offset = 0): I32 =>
    value('i32', [...asI32(address).code, 0x28, 2, ...unsigned(offset)]),
  /** `yes` if `condition` is not 0, else `no`. */
  select: (condition: Int, yes: Int, no: Int): I32 =>
    value('i32', [...asI32(yes).code, ...asI32(no).code, ...asI32(condition).code, 0x1b]),
  min: (a: Int, b: Int): I32 => i32.select(i32.lessThan(a, b), a, b),
} as const

// Vectors of 128 bits.

const simd = (code: number): number[] => [0xfd, ...unsigned(code)]

const unary = (code: number): ((a: V128) => V128) => {
  const opcode = simd(code)
  return (a) => value('v128', a.code.concat(opcode))
}

const binary = (code: number): ((a: V128, b: V128) => V128) => {
  const opcode = simd(code)
  return (a, b) => value('v128', a.code.concat(b.code, opcode))
}

const shift = (code: number): ((a: V128, bits: number) => V128) => {
  const opcode = simd(code)
  return (a, bits) => value('v128', a.code.concat(asI32(bits).code, opcode))
}

const loading = (code: number): ((address: Int, offset?: Offset) => V128) => {
  const opcode = [...simd(code), 2]
  return (address, offset = 0) =>
    value('v128', asI32(address).code.concat(opcode, unsigned(offset)))
}

export const v128 = {
  load: loading(0),
  /** One 32-bit word of memory in all four lanes. */
  loadSplat: loading(9),
  /** One 32-bit word of memory in lane 0, zeros elsewhere. */
  loadFirst: loading(92),
  /** `vector` with one lane replaced by a word of memory. */
  loadLane: (vector: V128, lane: number, address: Int, offset: Offset = 0): V128 =>
    value('v128', [
      ...asI32(address).code,
      ...vector.code,
      ...simd(86),
      2,
      ...unsigned(offset),
      lane,
    ]),
  words: (a: number, b: number, c: number, d: number): V128 =>
    value('v128', [...simd(12), ...int32Bytes([a, b, c, d])]),
  /** Four 32-bit lanes picked from the eight of `a` and `b`. */
  shuffle: (a: V128, b: V128, lanes: readonly [number, number, number, number]): V128 =>
    v128.shuffleBytes(
      a,
      b,
      lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)),
    ),
  /** Sixteen bytes picked from the 32 of `a` and `b`. */
  shuffleBytes: (a: V128, b: V128, bytes: readonly number[]): V128 =>
    value('v128', [...a.code, ...b.code, ...simd(13), ...bytes]),
  not: unary(77),
  and: binary(78),
  /** Bits of the first where the second has zeros. */
  andNot: binary(79),
  or: binary(80),
  xor: binary(81),
  /** Bits of `yes` where `mask` has ones, of `no` elsewhere. */
  select: (mask: V128, yes: V128, no: V128): V128 =>
    value('v128', [...yes.code, ...no.code, ...mask.code, ...simd(82)]),
  anyTrue: (a: V128): I32 => value('i32', [...a.code, ...simd(83)]),
} as const

export const f32x4 = {
  const: (x: number): V128 => {
    const word = float32Bits(x)
    return v128.words(word, word, word, word)
  },
  splat: (a: F32): V128 => value('v128', [...a.code, ...simd(19)]),
  equal: binary(65),
  notEqual: binary(66),
  lessThan: binary(67),
  greaterThan: binary(68),
  atMost: binary(69),
  abs: unary(224),
  neg: unary(225),
  sqrt: unary(227),
  add: binary(228),
  sub: binary(229),
  mul: binary(230),
  div: binary(231),
  max: binary(233),
  /** b < a ? b : a — one instruction where min needs many; NaN only passes as `a`. */
  pickMin: binary(234),
  /** a < b ? b : a */
  pickMax: binary(235),
  fromI32x4: unary(250),
} as const

export const i8x16 = {
  shl: shift(107),
  shrSigned: shift(108),
  shr: shift(109),
  add: binary(110),
  sub: binary(113),
} as const

export const i32x4 = {
  splat: (a: Int): V128 => value('v128', [...asI32(a).code, ...simd(17)]),
  /** a ≥ b as unsigned numbers. */
  atLeast: binary(64),
  shl: shift(171),
  shrSigned: shift(172),
  shr: shift(173),
  add: binary(174),
  sub: binary(177),
  mul: binary(181),
  /** The greater as unsigned numbers. */
  max: binary(185),
} as const

export const i64x2 = {
  shl: shift(203),
  shrSigned: shift(204),
  shr: shift(205),
  add: binary(206),
  sub: binary(209),
} as const
