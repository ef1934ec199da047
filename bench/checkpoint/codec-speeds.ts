// How fast codecs and the routines of their kernel are, in MB of raw bytes a second: medians.

import { joinPlanes, splitPlanes } from '../../src/checkpoint/codecs/byte-planes.ts'
import {
  decodeBytes,
  encodeBytes,
  type Codec,
  type EncodeOptions,
} from '../../src/checkpoint/codecs/codec.ts'
import {
  BLOCK_BYTES,
  MEMORY_PAGES,
  routineBytes,
  type RoutineName,
  type WordKind,
} from '../../src/checkpoint/codecs/plane-routines.ts'
import { exactJson } from '../../src/core/hash.ts'
import { randomStream } from '../../src/core/rng.ts'
import type { Dtype } from '../../src/core/snapshot.ts'
import { median } from '../training/statistics.ts'
import type { TracedEpoch } from './training-trace.ts'

export type SpeedRow = {
  readonly what: string
  readonly rawBytes: number
  /** Stored in % of raw; null for what stores nothing. */
  readonly percent: number | null
  readonly encodeMBps: number
  readonly decodeMBps: number
}

/** Milliseconds from nothing to the planes of one small array: its routine is emitted and compiled. */
export function measureFirstUse(): number {
  return millisecondsOf(() => splitPlanes(new Uint8Array(64), 'F32', null))
}

const ROUTINE_KINDS: readonly (readonly [Dtype, WordKind])[] = [
  ['F32', 'f32'],
  ['F64', 'f64'],
  ['I32', 'i32'],
]

/** Routines alone, on one block that stays in their memory, and with the copies of 16 MB to and fro. */
export function measureRoutines(rounds: number): SpeedRow[] {
  const raw = noise(1 << 24, 1)
  const base = noise(1 << 24, 2)
  const memory = new WebAssembly.Memory({
    initial: MEMORY_PAGES,
    maximum: MEMORY_PAGES,
    shared: true,
  })
  new Uint8Array(memory.buffer).set(raw.subarray(0, memory.buffer.byteLength))
  const times = raw.length / BLOCK_BYTES
  const repeated = (name: RoutineName): (() => void) => {
    const module = new WebAssembly.Module(routineBytes(name))
    const { exports } = new WebAssembly.Instance(module, { kernel: { memory } })
    const routine = exports[name] as (blockBytes: number) => void
    return () => {
      for (let i = 0; i < times; i++) routine(BLOCK_BYTES)
    }
  }
  const row = (what: string, encode: () => unknown, decode: () => unknown): SpeedRow => ({
    what,
    rawBytes: raw.length,
    percent: null,
    encodeMBps: speed(encode, raw.length, rounds),
    decodeMBps: speed(decode, raw.length, rounds),
  })
  const copy = new Uint8Array(raw.length)
  const rows = [
    row(
      'memcpy',
      () => copy.set(raw),
      () => copy.set(base),
    ),
  ]
  for (const [dtype, kind] of ROUTINE_KINDS)
    for (const [suffix, of] of [
      ['', null],
      ['_delta', base],
    ] as const) {
      const name = `${kind}${suffix}` as const
      const planes = splitPlanes(raw, dtype, of)
      rows.push(
        row(`${name}, the routine alone`, repeated(`split_${name}`), repeated(`join_${name}`)),
        row(
          `${name}, with the copies`,
          () => splitPlanes(raw, dtype, of),
          () => joinPlanes(planes, dtype, of),
        ),
      )
    }
  return rows
}

/** Each codec on the large arrays of the trace's last snapshots: 2.1 MB, in arrays of 102 and 131 KB. */
export function measureCodecs(epochs: readonly TracedEpoch[], rounds: number): SpeedRow[] {
  const arrays = epochs.slice(-3).flatMap(({ arrays: traced }, i) =>
    traced
      .filter(({ group, bytes }) => group !== 'best' && bytes.length > 1e5)
      .map(({ name, bytes }) => ({
        raw: bytes,
        base: epochs.at(i - 4)!.arrays.find((array) => array.name === name)!.bytes,
      })),
  )
  const choices = ['raw', 'planes-huff', 'planes-zstd', 'gzip', 'brotli', 'auto'] as const
  const rows = choices.map((choice) =>
    speedOf(
      choice,
      arrays.map(({ raw }) => ({ raw, dtype: 'F32', isJson: false, choice, base: null })),
      rounds,
    ),
  )
  const withBases = arrays.map(
    ({ raw, base }) => ({ raw, dtype: 'F32', isJson: false, choice: 'auto', base }) as const,
  )
  const isDelta = (document: Encodable): boolean =>
    encodeBytes(document.raw, document).codec === 'delta-isub'
  return [
    ...rows,
    speedOf('auto, with bases', withBases, rounds),
    speedOf('delta-isub', withBases.filter(isDelta), rounds),
  ]
}

/** The history of a training, one epoch longer than that of its base. */
export function measureJson(rounds: number): SpeedRow[] {
  const choices = ['gzip', 'brotli', 'planes-zstd'] as const
  return [10, 100, 1500].flatMap((epochs) => {
    const [before, raw] = [historyText(epochs - 1), historyText(epochs)]
    const rows = choices.map((choice) => {
      const document = { raw, dtype: 'U8', isJson: true, choice, base: null } as const
      return speedOf(`${epochs} epochs, ${choice}`, [document], rounds)
    })
    const grown = { raw, dtype: 'U8', isJson: true, choice: 'auto', base: before } as const
    return [...rows, speedOf(`${epochs} epochs, delta-json`, [grown], rounds)]
  })
}

type Encodable = EncodeOptions & { readonly raw: Uint8Array }

function speedOf(what: string, documents: readonly Encodable[], rounds: number): SpeedRow {
  const encode = (): readonly { codec: Codec; bytes: Uint8Array }[] =>
    documents.map((document) => encodeBytes(document.raw, document))
  const encoded = encode()
  const decode = (): void => {
    for (const [i, { raw, dtype, base }] of documents.entries()) {
      const { codec, bytes } = encoded[i]!
      decodeBytes(bytes, { codec, dtype, rawBytes: raw.length, base })
    }
  }
  const rawBytes = documents.reduce((sum, { raw }) => sum + raw.length, 0)
  const storedBytes = encoded.reduce((sum, { bytes }) => sum + bytes.length, 0)
  return {
    what,
    rawBytes,
    percent: (100 * storedBytes) / rawBytes,
    encodeMBps: speed(encode, rawBytes, rounds),
    decodeMBps: speed(decode, rawBytes, rounds),
  }
}

function historyText(epochs: number): Uint8Array {
  const { nextUnit } = randomStream(1, 'sampling')
  const history = Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    trainLoss: 1 / (1 + i / 10) + 0.1 * nextUnit(),
    validationLoss: 1 / (1 + i / 12) + 0.1 * nextUnit(),
    trainAccuracy: nextUnit(),
    validationAccuracy: nextUnit(),
    learningRate: 1e-3 * 0.98 ** i,
  }))
  return new TextEncoder().encode(exactJson({ phase: 'train', epoch: epochs, history }))
}

function noise(bytes: number, seed: number): Uint8Array {
  const { nextUint32 } = randomStream(seed, 'sampling')
  return new Uint8Array(Uint32Array.from({ length: bytes / 4 }, nextUint32).buffer)
}

/** MB a second, of the median of the rounds, after a few to warm up. */
function speed(work: () => unknown, bytes: number, rounds: number): number {
  for (let i = 0; i < 3; i++) work()
  return bytes / 1e3 / median(Array.from({ length: rounds }, () => millisecondsOf(work)))
}

function millisecondsOf(work: () => unknown): number {
  const startMs = performance.now()
  work()
  return performance.now() - startMs
}
