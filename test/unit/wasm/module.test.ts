import { describe, expect, it } from 'vitest'
import { buildModule, type ModuleBuilder } from '../../../src/wasm/module.ts'
import { f32x4, i32, i32x4, i64x2, i8x16, v128 } from '../../../src/wasm/values.ts'

// Reference: the same in JavaScript.

type Exported = Record<string, (...operands: number[]) => number>

function build(write: (module: ModuleBuilder) => void): {
  call: Exported
  floats: Float32Array
  words: Int32Array
} {
  const module = buildModule()
  write(module)
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true })
  const bytes = module.bytes({ address: 8, words: [41, 42] })
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { kernel: { memory } })
  return {
    call: instance.exports as Exported,
    floats: new Float32Array(memory.buffer),
    words: new Int32Array(memory.buffer),
  }
}

describe('a module that was built', () => {
  it('puts its data in place when it is told to, and not whenever it is instantiated', () => {
    const { call, words } = build(() => {})
    expect([...words.subarray(1, 5)]).toEqual([0, 0, 0, 0])
    call['write_constants']!()
    expect([...words.subarray(1, 5)]).toEqual([0, 41, 42, 0])
  })

  it('takes arguments in the order of the parameters and returns what is written', () => {
    const { call } = build((module) =>
      module.define('less', { a: 'i32', b: 'i32' }, (_f, { a, b }) => i32.sub(b, a)),
    )
    expect(call['less']!(3, 10)).toBe(7)
  })

  it('loops while a condition holds, and not at all when it does not', () => {
    const { call } = build((module) =>
      module.define('sum', { until: 'i32' }, (f, { until }) => {
        const [i, sum] = [f.i32(), f.i32()]
        f.forRange(i, 0, until, 1, () => f.increase(sum, i))
        return sum
      }),
    )
    expect([0, 1, 5].map((n) => call['sum']!(n))).toEqual([0, 0, 10])
  })

  it('repeats at least once', () => {
    const { call } = build((module) =>
      module.define('count', { until: 'i32' }, (f, { until }) => {
        const i = f.i32()
        f.repeatWhile(
          () => i32.lessThan(i, until),
          () => f.increase(i, 1),
        )
        return i
      }),
    )
    expect([0, 3].map((n) => call['count']!(n))).toEqual([1, 3])
  })

  it('branches', () => {
    const { call } = build((module) =>
      module.define('pick', { a: 'i32' }, (f, { a }) => {
        const x = f.i32()
        f.when(
          i32.equal(a, 1),
          () => f.set(x, i32.const(10)),
          () => f.set(x, i32.select(i32.equal(a, 0), 20, -30)),
        )
        return x
      }),
    )
    expect([1, 0, 2].map((n) => call['pick']!(n))).toEqual([10, 20, -30])
  })

  it('computes four lanes at a time', () => {
    const { call, floats } = build((module) =>
      module.define('line', { at: 'i32', factor: 'f32' }, (f, { at, factor }) => {
        const x = f.v128()
        f.set(x, v128.load(at))
        const line = f32x4.add(f32x4.mul(x, f32x4.splat(factor)), f32x4.const(0.5))
        f.store(at, v128.select(f32x4.lessThan(x, f32x4.const(0)), f32x4.neg(x), line), 16)
        f.storeLane(at, v128.shuffle(x, x, [3, 2, 1, 0]), 0, 32)
        f.store(at, f32x4.fromI32x4(i32x4.shrSigned(i32x4.splat(-8), 1)), 48)
      }),
    )
    floats.set([1, -2, 3, 4], 64)
    call['line']!(256, 2)
    expect([...floats.subarray(68, 73)]).toEqual([2.5, 2, 6.5, 8.5, 4])
    expect(floats[76]).toBe(-4)
  })

  it('picks bytes, and computes on lanes of 8 and of 64 bits', () => {
    const { call, words } = build((module) =>
      module.define('lanes', { at: 'i32' }, (f, { at }) => {
        const x = v128.load(at)
        const backwards = Array.from({ length: 16 }, (_, i) => 31 - i)
        f.store(at, v128.shuffleBytes(v128.words(0, 0, 0, 0), x, backwards), 16)
        f.store(at, i8x16.sub(i8x16.shl(x, 1), i8x16.shrSigned(x, 7)), 32)
        f.store(at, i64x2.sub(i64x2.shr(x, 32), i64x2.shrSigned(x, 63)), 48)
      }),
    )
    words.set([0x01020384, 5, 6, -1], 64)
    call['lanes']!(256)
    const swapped = [-1, 0x06000000, 0x05000000, 0x84030201 | 0]
    expect([...words.subarray(68, 72)]).toEqual(swapped)
    expect([...words.subarray(72, 76)]).toEqual([0x02040609, 10, 12, -1])
    expect([...words.subarray(76, 80)]).toEqual([5, 0, 0, 1])
  })

  it('reads and writes single lanes', () => {
    const { call, floats } = build((module) =>
      module.define('column', { at: 'i32' }, (f, { at }) =>
        f.store(at, v128.loadLane(v128.loadFirst(at, 4), 2, at, 12), 64),
      ),
    )
    floats.set([1, 2, 3, 4], 64)
    call['column']!(256)
    expect([...floats.subarray(80, 84)]).toEqual([2, 0, 4, 0])
  })
})
