import { describe, expect, it } from 'vitest'
import { exp32, log32, sigmoid32, tanh32 } from '../../../../../src/neural/float32-math.ts'
import { createMemory, PAGE_BYTES } from '../../../../../src/neural/kernel/memory.ts'
import { createKernelNetwork } from '../../../../../src/neural/kernel/network.ts'
import { createConstants } from '../../../../../src/neural/kernel/routines/constants.ts'
import {
  emitExp,
  emitLog,
  emitSigmoid,
  emitTanh,
} from '../../../../../src/neural/kernel/routines/float32.ts'
import { buildModule } from '../../../../../src/wasm/module.ts'
import { i32, v128 } from '../../../../../src/wasm/values.ts'
import { enableWideSimd } from '../../../../../src/runtime/wide-simd.ts'
import { kernelEngine } from '../../../../support/kernel-engine.ts'
import { ulpOf } from '../../../../support/ulp.ts'

// References: src/neural/float32-math.ts, bit for bit; Math.exp, log, tanh in float64, to the stated error.

type Name = 'exp' | 'log' | 'tanh' | 'sigmoid'

const REFERENCE: Readonly<Record<Name, (x: number) => number>> = {
  exp: exp32,
  log: log32,
  tanh: tanh32,
  sigmoid: sigmoid32,
}

const EXACT: Readonly<Record<Name, (x: number) => number>> = {
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
}

const MANTISSAS = 4096

/** Where a function turns to another way of going on. */
const EDGES = [-87, 88, -88, 87, 7.9988117, -7.9988117, 4e-4, -4e-4, 1e-45, -1e-45, Math.SQRT1_2]

/** So many values of each sign and exponent, the first and the last among them: ±0, subnormals, ±∞ and NaN too. */
const SWEEP = sweep()

function sweep(): Float32Array {
  const bits = new Int32Array(512 * MANTISSAS)
  for (let high = 0; high < 512; high++)
    for (let i = 0; i < MANTISSAS; i++) {
      const mantissa = i === MANTISSAS - 1 ? 0x7fffff : i * 2048 + ((i * 1237) % 2048)
      bits[high * MANTISSAS + i] = (high << 23) | mantissa
    }
  const values = new Float32Array(bits.buffer)
  values.set(EDGES, 1) // in place of a few subnormals
  return values
}

/** Eight values at a time, as the routines of the kernel do it. */
function compileFunctions(): WebAssembly.Module {
  const module = buildModule()
  const constants = createConstants()
  for (const name of ['exp', 'log', 'tanh', 'sigmoid'] as const)
    module.define(name, { from: 'i32', until: 'i32' }, (f, { from, until }) => {
      const [x, out, a, b] = [f.v128s(2), f.v128s(2), f.v128s(2), f.v128s(2)]
      f.loopWhile(
        () => i32.lessThan(from, until),
        () => {
          for (const half of [0, 1]) f.set(x[half]!, v128.load(from, half * 16))
          if (name === 'tanh') emitTanh(f, constants, x)
          else if (name === 'sigmoid') emitSigmoid(f, constants, x)
          else
            for (const half of [0, 1]) {
              const operands = [f, constants, x[half]!, out[half]!, a[half]!] as const
              if (name === 'exp') emitExp(...operands)
              else emitLog(...operands, b[half]!)
            }
          const results = name === 'tanh' || name === 'sigmoid' ? x : out
          for (const half of [0, 1]) f.store(from, results[half]!, half * 16)
          f.increase(from, 32)
        },
      )
    })
  return new WebAssembly.Module(module.bytes(constants.data()))
}

/** The function of the kernel for every value of the sweep. */
function byKernel(module: WebAssembly.Module, name: Name): Float32Array {
  const memory = createMemory(2 * PAGE_BYTES)
  const { exports } = new WebAssembly.Instance(module, { kernel: { memory } })
  ;(exports['write_constants'] as () => void)()
  const run = exports[name] as (from: number, until: number) => void
  const results = new Float32Array(SWEEP.length)
  const page = new Float32Array(memory.buffer, PAGE_BYTES)
  for (let from = 0; from < SWEEP.length; from += page.length) {
    page.set(SWEEP.subarray(from, from + page.length))
    run(PAGE_BYTES, 2 * PAGE_BYTES)
    results.set(page, from)
  }
  return results
}

/**
 * The first values of the sweep whose results have other bits. The payload of a NaN does not matter; the logarithm
 * would take it for a number, so NaN is none of its values.
 */
function differing(
  actual: Float32Array,
  expected: (x: number) => number,
  skipsNaN = false,
): string[] {
  const found: string[] = []
  for (let i = 0; i < SWEEP.length && found.length < 5; i++) {
    const x = SWEEP[i]!
    if (skipsNaN && Number.isNaN(x)) continue
    const want = Math.fround(expected(x))
    if (!Object.is(actual[i], want)) found.push(`f(${x}) = ${actual[i]}, not ${want}`)
  }
  return found
}

function worstUlp(actual: Float32Array, name: Name, from: number, to: number): number {
  let worst = 0
  for (let i = 0; i < SWEEP.length; i++) {
    const x = SWEEP[i]!
    if (!(x >= from && x <= to)) continue
    const want = EXACT[name](x)
    worst = Math.max(worst, Math.abs(actual[i]! - want) / ulpOf(want))
  }
  return worst
}

const DOMAINS = [
  { name: 'exp', ulp: 1, from: -87, to: 88 },
  { name: 'log', ulp: 2, from: 2 ** -126, to: 3.4e38 },
  { name: 'tanh', ulp: 7, from: -3.4e38, to: 3.4e38 },
  { name: 'sigmoid', ulp: 3, from: -87, to: 3.4e38 },
] as const

describe.each([
  ['narrow', () => false],
  ['wide', enableWideSimd],
])('on %s vectors of the kernel', (_, prepare) => {
  it.each(DOMAINS)(
    '$name has the bits of the reference everywhere, within $ulp ulp of float64 on [$from, $to]',
    ({ name, ulp, from, to }) => {
      prepare()
      const results = byKernel(compileFunctions(), name)
      expect(differing(results, REFERENCE[name], name === 'log')).toEqual([])
      expect(worstUlp(results, name, from, to)).toBeLessThan(ulp)
    },
  )

  it.each(['tanh', 'sigmoid'] as const)('%s as an activation is the same function', (name) => {
    const shape = {
      kind: 'mlp',
      inputs: 1,
      hiddenLayers: [1],
      outputs: 1,
      activation: name,
      dropout: 0,
    } as const
    const network = createKernelNetwork(kernelEngine(prepare()), shape)
    const one = { tensor: Float32Array.of(1), shape: [1, 1] }
    const zero = { tensor: Float32Array.of(0), shape: [1] }
    const weights = {
      'layers.0.weight': one,
      'layers.0.bias': zero,
      'layers.1.weight': one,
      'layers.1.bias': zero,
    }
    network.write({ weights, slots: {} })
    const expected = (x: number): number => REFERENCE[name](x) + 0 // a sum that begins with 0 is never −0
    const results = network.predict({ count: SWEEP.length, features: SWEEP, firstRows: null })
    expect(differing(results, expected)).toEqual([])

    const alone = SWEEP.map((x, i) => {
      if (i % 512 !== 0) return results[i]!
      return network.predict({ count: 1, features: Float32Array.of(x), firstRows: null })[0]!
    })
    expect(differing(alone, expected), 'one sample at a time').toEqual([])
  })
})
