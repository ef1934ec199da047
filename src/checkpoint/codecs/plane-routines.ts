// The routines that take the words of an array apart into planes of bytes and join them again, as WebAssembly. Plane k
// holds byte k of every word, the least significant first.
//
// `split_<kind>` and `join_<kind>` are for the words themselves: a float is rotated left by one bit, so that its
// exponent is one byte. `…_delta` are for their differences to the words of a base, modulo 2ⁿ. Floats are first mapped
// to integers of the same order, one to one for every bit pattern; a difference is zigzag coded (0, −1, 1, −2 … become
// 0, 1, 2, 3 …), so that a small one has zeros in its high bytes, whatever its sign.
//
// A routine takes the number of bytes of the block in memory and works on groups of 16 words. The last group may run
// over bytes that an earlier block left behind; what it makes of them is nobody's.

import type { FunctionBuilder, Local } from '../../wasm/function.ts'
import { buildModule, type ModuleBuilder } from '../../wasm/module.ts'
import { i32x4, i64x2, i8x16, v128, type V128 } from '../../wasm/values.ts'

/** Bytes of a block: the words at 0, those of the base behind them, then the planes, at equal distances. */
export const BLOCK_BYTES = 65536
export const BASE_ADDRESS = BLOCK_BYTES
export const PLANES_ADDRESS = 2 * BLOCK_BYTES
export const MEMORY_PAGES = 3

export type WordKind = 'f64' | 'f32' | 'i32' | 'u8'
export type RoutineName = `${'split' | 'join'}_${WordKind}${'' | '_delta'}`

type Vector = Local<'v128'>

/** What words of one width need of the instruction set. */
type Lanes = Pick<typeof i32x4, 'shl' | 'shr' | 'shrSigned' | 'add' | 'sub'> & {
  readonly bytes: 1 | 4 | 8
  /** Index of the highest bit. */
  readonly top: number
}

type Words = { readonly lanes: Lanes; readonly isFloat: boolean }

const WORDS: Readonly<Record<WordKind, Words>> = {
  f64: { lanes: { ...i64x2, bytes: 8, top: 63 }, isFloat: true },
  f32: { lanes: { ...i32x4, bytes: 4, top: 31 }, isFloat: true },
  i32: { lanes: { ...i32x4, bytes: 4, top: 31 }, isFloat: false },
  u8: { lanes: { ...i8x16, bytes: 1, top: 7 }, isFloat: false },
}

/** A module with one routine, because to emit them all takes some milliseconds and few are ever used. */
export function routineBytes(name: RoutineName): Uint8Array {
  const [direction, kind, delta] = name.split('_') as ['split' | 'join', WordKind, 'delta'?]
  const module = buildModule()
  const define = direction === 'split' ? defineSplit : defineJoin
  define(module, name, WORDS[kind], delta !== undefined)
  return module.bytes()
}

function defineSplit(
  module: ModuleBuilder,
  name: RoutineName,
  { lanes, isFloat }: Words,
  isDelta: boolean,
): void {
  defineOverGroups(module, name, lanes, (f, { words, planes, spare, at, planeAt }) => {
    const base = spare[0]!
    for (const [i, word] of words.entries()) {
      f.set(word, v128.load(at, 16 * i))
      if (isDelta) {
        f.set(base, v128.load(at, BASE_ADDRESS + 16 * i))
        if (isFloat) for (const x of [word, base]) f.set(x, ordered(lanes, x))
        f.set(word, lanes.sub(word, base))
        f.set(word, zigzag(lanes, word))
      } else if (isFloat) f.set(word, v128.or(lanes.shl(word, 1), lanes.shr(word, lanes.top)))
    }
    splitBytes(f, words, planes, spare)
    for (const [k, plane] of planes.entries()) f.store(planeAt, plane, planeAddress(lanes, k))
  })
}

function defineJoin(
  module: ModuleBuilder,
  name: RoutineName,
  { lanes, isFloat }: Words,
  isDelta: boolean,
): void {
  defineOverGroups(module, name, lanes, (f, { words, planes, spare, at, planeAt }) => {
    for (const [k, plane] of planes.entries())
      f.set(plane, v128.load(planeAt, planeAddress(lanes, k)))
    joinBytes(f, planes, words, spare)
    const base = spare[0]!
    for (const [i, word] of words.entries()) {
      if (isDelta) {
        f.set(base, v128.load(at, BASE_ADDRESS + 16 * i))
        if (isFloat) f.set(base, ordered(lanes, base))
        f.set(word, unzigzag(lanes, word))
        f.set(word, lanes.add(word, base))
        if (isFloat) f.set(word, ordered(lanes, word))
      } else if (isFloat) f.set(word, v128.or(lanes.shr(word, 1), lanes.shl(word, lanes.top)))
      f.store(at, word, 16 * i)
    }
  })
}

type Group = {
  /** 16 words, and their planes. */
  readonly words: readonly Vector[]
  readonly planes: readonly Vector[]
  readonly spare: readonly Vector[]
  /** Address of the words, and of their place in the first plane without PLANES_ADDRESS. */
  readonly at: Local<'i32'>
  readonly planeAt: Local<'i32'>
}

function defineOverGroups(
  module: ModuleBuilder,
  name: RoutineName,
  { bytes }: Lanes,
  write: (f: FunctionBuilder, group: Group) => void,
): void {
  module.define(name, { blockBytes: 'i32' }, (f, { blockBytes }) => {
    const [at, planeAt] = [f.i32(), f.i32()]
    const [words, planes, spare] = [f.v128s(bytes), f.v128s(bytes), f.v128s(Math.max(4, bytes))]
    f.forRange(at, 0, blockBytes, 16 * bytes, () => {
      write(f, { words, planes, spare, at, planeAt })
      f.increase(planeAt, 16)
    })
  })
}

function planeAddress({ bytes }: Lanes, plane: number): number {
  return PLANES_ADDRESS + (plane * BLOCK_BYTES) / bytes
}

/** Negative floats have their order reversed; its own inverse. */
function ordered({ shr, shrSigned, top }: Lanes, x: Vector): V128 {
  return v128.xor(x, shr(shrSigned(x, top), 1))
}

function zigzag({ shl, shrSigned, top }: Lanes, x: Vector): V128 {
  return v128.xor(shl(x, 1), shrSigned(x, top))
}

function unzigzag({ shl, shr, shrSigned, top }: Lanes, x: Vector): V128 {
  return v128.xor(shr(x, 1), shrSigned(shl(x, top), top))
}

/** planes ← the bytes of the words, by their significance. */
function splitBytes(
  f: FunctionBuilder,
  words: readonly Vector[],
  planes: readonly Vector[],
  spare: readonly Vector[],
): void {
  if (words.length === 1) f.set(planes[0]!, words[0]!)
  else if (words.length === 4) split4(f, words, planes, spare)
  else {
    // The low halves of the words and the high halves: two groups of 4 bytes a word.
    for (let i = 0; i < 4; i++) {
      const pair = [words[2 * i]!, words[2 * i + 1]!] as const
      f.set(spare[i]!, v128.shuffle(...pair, [0, 2, 4, 6]))
      f.set(spare[i + 4]!, v128.shuffle(...pair, [1, 3, 5, 7]))
    }
    split4(f, spare.slice(0, 4), planes.slice(0, 4), words)
    split4(f, spare.slice(4), planes.slice(4), words)
  }
}

/** words ← the bytes of the planes: the inverse of `splitBytes`. */
function joinBytes(
  f: FunctionBuilder,
  planes: readonly Vector[],
  words: readonly Vector[],
  spare: readonly Vector[],
): void {
  if (words.length === 1) f.set(words[0]!, planes[0]!)
  else if (words.length === 4) join4(f, planes, words, spare)
  else {
    join4(f, planes.slice(0, 4), spare.slice(0, 4), words)
    join4(f, planes.slice(4), spare.slice(4), words)
    for (let i = 0; i < 4; i++) {
      const halves = [spare[i]!, spare[i + 4]!] as const
      f.set(words[2 * i]!, v128.shuffle(...halves, [0, 4, 1, 5]))
      f.set(words[2 * i + 1]!, v128.shuffle(...halves, [2, 6, 3, 7]))
    }
  }
}

/** Bytes k and k + 1 of the four words of each of two vectors. */
const apart = (k: number): number[] =>
  [k, k + 1].flatMap((byte) => [0, 4, 8, 12, 16, 20, 24, 28].map((word) => word + byte))

/** The inverse: the words k … k + 3 from their bytes 0 and 1 in one vector, 2 and 3 in the other. */
const together = (k: number): number[] =>
  [k, k + 1, k + 2, k + 3].flatMap((word) => [0, 8, 16, 24].map((byte) => byte + word))

function split4(
  f: FunctionBuilder,
  words: readonly Vector[],
  planes: readonly Vector[],
  [low01, low23, high01, high23]: readonly Vector[],
): void {
  const [w0, w1, w2, w3] = words
  f.set(low01!, v128.shuffleBytes(w0!, w1!, apart(0)))
  f.set(low23!, v128.shuffleBytes(w2!, w3!, apart(0)))
  f.set(high01!, v128.shuffleBytes(w0!, w1!, apart(2)))
  f.set(high23!, v128.shuffleBytes(w2!, w3!, apart(2)))
  f.set(planes[0]!, v128.shuffle(low01!, low23!, [0, 1, 4, 5]))
  f.set(planes[1]!, v128.shuffle(low01!, low23!, [2, 3, 6, 7]))
  f.set(planes[2]!, v128.shuffle(high01!, high23!, [0, 1, 4, 5]))
  f.set(planes[3]!, v128.shuffle(high01!, high23!, [2, 3, 6, 7]))
}

function join4(
  f: FunctionBuilder,
  planes: readonly Vector[],
  words: readonly Vector[],
  [low01, low23, high01, high23]: readonly Vector[],
): void {
  const [p0, p1, p2, p3] = planes
  f.set(low01!, v128.shuffle(p0!, p1!, [0, 1, 4, 5]))
  f.set(low23!, v128.shuffle(p0!, p1!, [2, 3, 6, 7]))
  f.set(high01!, v128.shuffle(p2!, p3!, [0, 1, 4, 5]))
  f.set(high23!, v128.shuffle(p2!, p3!, [2, 3, 6, 7]))
  f.set(words[0]!, v128.shuffleBytes(low01!, high01!, together(0)))
  f.set(words[1]!, v128.shuffleBytes(low01!, high01!, together(4)))
  f.set(words[2]!, v128.shuffleBytes(low23!, high23!, together(0)))
  f.set(words[3]!, v128.shuffleBytes(low23!, high23!, together(4)))
}
