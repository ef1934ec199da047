import { describe, expect, it } from 'vitest'
import { exp32, log32, sigmoid32, tanh32 } from '../../../../../src/neural/float32-math.ts'
import {
  createConstants,
  RESERVED_BYTES,
} from '../../../../../src/neural/kernel/routines/constants.ts'
import {
  emitExp,
  emitLog,
  emitSigmoid,
  emitTanh,
} from '../../../../../src/neural/kernel/routines/float32.ts'
import { buildModule } from '../../../../../src/neural/kernel/wasm/module.ts'
import { i32, v128 } from '../../../../../src/neural/kernel/wasm/values.ts'

// Reference: src/neural/float32-math.ts, bit for bit.

const COUNT = 1 << 16

function fourLanes(name: 'exp' | 'log' | 'tanh' | 'sigmoid', inputs: Float32Array): Float32Array {
  const module = buildModule()
  const constants = createConstants()
  module.define('run', { at: 'i32', end: 'i32' }, (f, { at, end }) => {
    const [out, t1, t2] = [f.v128(), f.v128(), f.v128()]
    f.repeatWhile(
      () => i32.lessThan(at, end),
      () => {
        const x = v128.load(at)
        if (name === 'log') emitLog(f, constants, x, out, t1, t2)
        else {
          const emit = { exp: emitExp, tanh: emitTanh, sigmoid: emitSigmoid }[name]
          emit(f, constants, x, out, t1)
        }
        f.store(at, out)
        f.increase(at, 16)
      },
    )
  })
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true })
  const compiled = new WebAssembly.Module(module.bytes(constants.data()))
  const { exports } = new WebAssembly.Instance(compiled, { kernel: { memory } })
  const floats = new Float32Array(memory.buffer)
  floats.set(inputs, RESERVED_BYTES / 4)
  const run = exports['run'] as (at: number, end: number) => void
  run(RESERVED_BYTES, RESERVED_BYTES + inputs.byteLength)
  return floats.slice(RESERVED_BYTES / 4, RESERVED_BYTES / 4 + inputs.length)
}

/** Floats of all sizes and both signs: every 65 537th bit pattern, and the edges. */
function patterns(): Float32Array {
  const bits = Int32Array.from({ length: COUNT }, (_, i) => Math.imul(i, 65537))
  const all = new Float32Array(bits.buffer)
  all.set([0, -0, 1, -1, Infinity, -Infinity, NaN, 1e-45, 88, -87, 7.9988117, 4e-4, -4e-4])
  return all
}

describe('float32 functions on four lanes', () => {
  it.each([
    ['exp', exp32],
    ['tanh', tanh32],
    ['sigmoid', sigmoid32],
  ] as const)('%s has the bits of the scalar function everywhere', (name, scalar) => {
    const inputs = patterns()
    const actual = fourLanes(name, inputs)
    const wrong = inputs.filter((x, i) => !Object.is(actual[i], Math.fround(scalar(x))))
    expect([...wrong]).toEqual([])
  })

  it('log has the bits of the scalar function for normal numbers above 0', () => {
    const inputs = patterns().map((x) => Math.min(Math.max(Math.abs(x) || 1, 1.2e-38), 3e38))
    const actual = fourLanes('log', inputs)
    const wrong = inputs.filter((x, i) => !Object.is(actual[i], Math.fround(log32(x))))
    expect([...wrong]).toEqual([])
  })
})
