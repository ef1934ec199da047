import { describe, expect, it } from 'vitest'
import {
  decodeBytes,
  encodeBytes,
  type CodecChoice,
  type Encoded,
} from '../../../../src/checkpoint/codecs/codec.ts'
import { exactJson } from '../../../../src/core/hash.ts'
import { randomStream } from '../../../../src/core/rng.ts'
import { bytesOf, dtypeOf, type TypedArray } from '../../../../src/core/snapshot.ts'

const WORDS = 20_000

/** Like weights; the factor fills the mantissas, which the sum of four units would leave half empty. */
function numbers(seed: number): Float32Array {
  const { nextUnit } = randomStream(seed, 'sampling')
  const gaussian = (): number => nextUnit() + nextUnit() + nextUnit() + nextUnit() - 2
  return Float32Array.from({ length: WORDS }, () => 1.2345678 * gaussian())
}

/** Bytes below `values`, equally frequent. */
function noise(bytes: number, values = 256): Uint8Array {
  const { nextBelow } = randomStream(7, 'sampling')
  return Uint8Array.from({ length: bytes }, () => nextBelow(values))
}

function encodeArray(
  data: TypedArray,
  base: TypedArray | null = null,
  choice: CodecChoice = 'auto',
): Encoded {
  const options = { dtype: dtypeOf(data), isJson: false, choice, base: base && bytesOf(base) }
  return encodeBytes(bytesOf(data), options)
}

function encodeText(text: string, base: string | null = null): Encoded {
  const raw = new TextEncoder().encode(text)
  const baseBytes = base === null ? null : new TextEncoder().encode(base)
  const options = { dtype: 'U8', base: baseBytes } as const
  const encoded = encodeBytes(raw, { ...options, isJson: true, choice: 'auto' })
  const { codec, bytes } = encoded
  const decoded = decodeBytes(bytes, { ...options, codec, rawBytes: raw.length })
  expect(new TextDecoder().decode(decoded)).toBe(text)
  return encoded
}

const weights = numbers(1)
/** As the next epoch has them when they hardly move. */
const later = weights.map((w, i) => w * (1 + 1e-5 * ((i % 7) - 3)))

describe('an array', () => {
  it('of weights is entropy coded by planes, and gains the sixth that is in it', () => {
    const { codec, bytes } = encodeArray(weights)
    expect(codec).toBe('planes-huff')
    expect(bytes.length / weights.byteLength).toBeLessThan(0.84)
  })

  it('whose planes repeat is coded with zstd', () => {
    const ramp = Int32Array.from({ length: WORDS }, (_, i) => i)
    const { codec, bytes } = encodeArray(ramp)
    expect(codec).toBe('planes-zstd')
    expect(bytes.length / ramp.byteLength).toBeLessThan(0.02)
  })

  it('of noise stays as it is, and is not copied', () => {
    const raw = noise(4 * WORDS)
    const { codec, bytes } = encodeArray(raw)
    expect(codec).toBe('raw')
    expect(bytes.buffer).toBe(raw.buffer)
  })

  it('with less than 3 % to gain stays as it is', () => {
    // log₂(225) / 8 = 97.7 % and log₂(200) / 8 = 95.5 %, without the table of codes
    expect(encodeArray(noise(40_000, 225)).codec).toBe('raw')
    expect(encodeArray(noise(40_000, 200)).codec).toBe('planes-huff')
  })

  it('below 512 bytes stays as it is', () => {
    expect(encodeArray(new Float32Array(127)).codec).toBe('raw')
    expect(encodeArray(new Float32Array(128)).codec).not.toBe('raw')
  })

  it('that hardly moved is stored as its difference to the base', () => {
    const { codec, bytes } = encodeArray(later, weights)
    expect(codec).toBe('delta-isub')
    expect(bytes.length).toBeLessThan(0.85 * encodeArray(later).bytes.length)
  })

  it('whose difference gains less than 15 % is stored without its base', () => {
    const others = numbers(2)
    const moved = weights.map((w, i) => w + 0.1 * others[i]!)
    expect(encodeArray(moved, weights).codec).toBe(encodeArray(moved).codec)
    expect(encodeArray(others, weights).codec).toBe(encodeArray(others).codec)
  })

  it('ignores a base of another length', () => {
    expect(encodeArray(later, Float32Array.of(...weights, 1)).codec).toBe('planes-huff')
    expect(encodeArray(later, weights.subarray(0, -1)).codec).toBe('planes-huff')
  })

  it('is judged by its middle', () => {
    const ends = noise(300_000)
    ends.fill(0, 140_000, 160_000)
    expect(encodeArray(ends).codec).toBe('planes-zstd')
    ends.set(noise(20_000), 140_000)
    ends.fill(0, 0, 20_000)
    expect(encodeArray(ends).codec).toBe('raw')
  })

  it('that the sample was wrong about is never larger than raw', () => {
    const raw = noise(300_000)
    raw.fill(0, 140_000, 141_000)
    for (const choice of ['auto', 'planes-huff', 'planes-zstd', 'gzip', 'brotli'] as const)
      expect(encodeArray(raw, null, choice).bytes.length).toBeLessThanOrEqual(raw.length)
    const misleading = noise(64)
    expect(encodeArray(misleading, null, 'gzip').codec).toBe('raw')
  })

  it.each(['raw', 'planes-huff', 'planes-zstd', 'gzip', 'brotli'] as const)(
    'is stored by %s when the setting says so, with a base or without',
    (choice) => {
      expect(encodeArray(later, null, choice).codec).toBe(choice)
      expect(encodeArray(later, weights, choice).codec).toBe(choice)
    },
  )

  it('stores a plane that would grow, whatever its sample said', () => {
    const words = 100_000
    const low = noise(words)
    for (let i = words / 2 - 2048; i < words / 2 + 2048; i += 8) low[i] = 0
    const { bytes } = encodeArray(Int32Array.from(low), null, 'planes-zstd')
    expect([bytes[0], new DataView(bytes.buffer).getUint32(1, true)]).toEqual([0, words])
  })

  it('leaves the noise of mantissas uncoded: two of four planes are in the frame as they are', () => {
    const { bytes } = encodeArray(weights, null, 'planes-zstd')
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    expect([view.getUint8(0), view.getUint32(1, true)]).toEqual([0, WORDS])
    expect([view.getUint8(WORDS + 5), view.getUint32(WORDS + 6, true)]).toEqual([0, WORDS])
  })
})

describe('JSON', () => {
  const history = (epochs: number): unknown[] =>
    Array.from({ length: epochs }, (_, i) => ({
      epoch: i + 1,
      loss: 1 / (i + 3),
      best: i % 2 === 0,
    }))
  const state = (epochs: number): string => exactJson({ epoch: epochs, history: history(epochs) })

  it('below 512 bytes stays as it is', () => {
    expect(encodeText(state(2)).codec).toBe('raw')
  })

  it('is compressed', () => {
    const { codec, bytes } = encodeText(state(100))
    expect(codec).toBe('planes-zstd')
    expect(bytes.length / state(100).length).toBeLessThan(0.4)
  })

  it('that grew by an epoch is stored as that epoch', () => {
    const { codec, bytes } = encodeText(state(101), state(100))
    expect(codec).toBe('delta-json')
    expect(bytes.length).toBeLessThan(120)
  })

  it.each([
    [
      'is another document',
      exactJson(
        numbers(3)
          .slice(0, 300)
          .reduce((o, x, i) => ({ ...o, [i]: x }), {}),
      ),
    ],
    ['is no JSON', '{"epoch":'],
    ['begins with a mark of byte order', `\ufeff${state(100)}`],
  ])('is stored without a base that %s', (_, base) => {
    expect(encodeText(state(101), base)).toEqual(encodeText(state(101)))
  })

  it('of which most is new is stored without its base', () => {
    expect(encodeText(state(101), '{"epoch":101}').codec).toBe('planes-zstd')
  })

  it('that exactJson would write in another way has no delta', () => {
    const spaced = state(101).replaceAll(',', ', ')
    expect(encodeText(spaced, state(100)).codec).toBe('planes-zstd')
  })

  it('nested deeper than the stack has no delta', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    expect(encodeText(deep, deep.replace('[]', '[1]')).codec).toBe('planes-zstd')
  })
})
