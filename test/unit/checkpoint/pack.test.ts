import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePack, encodePack, PACK_FORMAT, type Pack } from '../../../src/checkpoint/pack.ts'
import { KtrdrError } from '../../../src/core/errors.ts'
import { sha256 } from '../../../src/core/hash.ts'
import { decodeSafetensors, encodeSafetensors } from '../../../src/core/safetensors.ts'
import { bytesOf, type NamedArray } from '../../../src/core/snapshot.ts'
import { cursorAt, ID } from '../../support/temp-store.ts'

const STATE = '{"epoch":3,"note":"größer als nichts"}'

const PACK: Pack = {
  head: {
    operationId: ID,
    operationType: 'training',
    generation: 2,
    seq: 7,
    type: 'cancellation',
    cursor: cursorAt(29),
    fingerprints: { strategy: 'f00d' },
    stateVersion: 1,
    stateSha256: sha256(STATE),
    createdAtMs: 1_734_100_222_000,
  },
  arrays: [
    { name: 'equity', dtype: 'F64', shape: [2], data: Float64Array.of(-0, NaN) },
    { name: 'model.w', dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    { name: 'empty', dtype: 'F32', shape: [0], data: new Float32Array(0) },
    { name: 'order', dtype: 'I32', shape: [2], data: Int32Array.of(-1, 5) },
    { name: 'mask', dtype: 'U8', shape: [3], data: Uint8Array.of(1, 0, 255) },
  ],
  stateJson: STATE,
}

type Manifest = { format: number; arrays: { name: string; codec: string }[] }

/** The same file with its manifest changed. */
function withManifest(file: Uint8Array, change: (manifest: Manifest) => unknown): Uint8Array {
  const { metadata, arrays } = decodeSafetensors(file)
  const manifest = change(JSON.parse(metadata['ktrdr']!) as Manifest)
  return encodeSafetensors({ metadata: { ktrdr: JSON.stringify(manifest) }, arrays })
}

const hashOf = ({ data }: NamedArray): string => sha256(bytesOf(data))
const bytesByName = ({ arrays }: Pack): Record<string, string> =>
  Object.fromEntries(arrays.map(({ name, dtype, data }) => [name, sha256(dtype, bytesOf(data))]))

describe('a pack', () => {
  it.each([
    ['with the state inside', PACK],
    ['without the state', { ...PACK, stateJson: null }],
    ['without arrays', { ...PACK, arrays: [] }],
  ])('%s comes back bit for bit', (_, pack) => {
    const back = decodePack(encodePack(pack))
    expect(back.head).toEqual(pack.head)
    expect(back.stateJson).toBe(pack.stateJson)
    expect(bytesByName(back)).toEqual(bytesByName(pack))
    expect(back.arrays.map(({ shape }) => shape).toSorted()).toEqual(
      pack.arrays.map(({ shape }) => shape).toSorted(),
    )
  })

  it('is a safetensors file whose tensors any reader finds by name', () => {
    const { arrays, metadata } = decodeSafetensors(encodePack({ ...PACK, stateJson: null }))
    expect(arrays.find(({ name }) => name === 'model.w')).toEqual(PACK.arrays[1])
    expect(Object.keys(metadata), 'and all that is ours stands in one entry').toEqual(['ktrdr'])
    expect(JSON.parse(metadata['ktrdr']!) as Manifest).toMatchObject({
      format: 1,
      operationId: ID,
      seq: 7,
    })
  })

  it('is the same file for the same checkpoint', () =>
    expect(sha256(encodePack(PACK))).toBe(sha256(encodePack(PACK))))
})

describe('a pack of another kind is refused', () => {
  const file = encodePack(PACK)

  it('when its format is newer', () => {
    const newer = withManifest(file, (manifest) => ({ ...manifest, format: PACK_FORMAT + 1 }))
    expect(() => decodePack(newer)).toThrow(
      expect.objectContaining({
        code: 'FORMAT_TOO_NEW',
        exitCode: 6,
        message: 'The pack has format 2; this ktrdr knows 1.',
      }),
    )
  })

  it('when an array uses a codec that is not known here', () => {
    const packed = withManifest(file, (manifest) => {
      manifest.arrays[1]!.codec = 'zstd'
      return manifest
    })
    expect(() => decodePack(packed)).toThrow(
      expect.objectContaining({
        code: 'FORMAT_TOO_NEW',
        message: 'The array model.w uses the codec "zstd".',
      }),
    )
  })

  it.each([
    ['has no manifest', encodeSafetensors({ metadata: {}, arrays: [] }), 'it has no manifest'],
    [
      'has a manifest that is no JSON',
      encodeSafetensors({ metadata: { ktrdr: '{' }, arrays: [] }),
      'its manifest is not JSON',
    ],
    ['has the manifest null', withManifest(file, () => null), 'its manifest is incomplete'],
    ['has an empty manifest', withManifest(file, () => ({})), 'its manifest is incomplete'],
    [
      'lists nothing for an array',
      withManifest(file, (manifest) => ({ ...manifest, arrays: [null] })),
      'its manifest is incomplete',
    ],
    [
      'has an array too many',
      withManifest(file, (manifest) => ({ ...manifest, arrays: manifest.arrays.slice(1) })),
      'names other arrays than it holds',
    ],
    [
      'names an array wrongly',
      withManifest(file, (manifest) => {
        manifest.arrays[0]!.name = 'equities'
        return manifest
      }),
      'does not name equity',
    ],
    ['is cut off', file.subarray(0, file.length - 1), ''],
    ['is empty', new Uint8Array(0), ''],
  ])('when it %s', (_, bytes, message) =>
    expect(() => decodePack(bytes)).toThrow(
      expect.objectContaining({
        code: 'CHECKPOINT_CORRUPT',
        message: expect.stringContaining(message),
      }),
    ),
  )
})

describe('a damaged pack', () => {
  const file = encodePack(PACK)
  const saved = decodePack(file)

  it('is detected by itself wherever a byte of an array or of the state is another', () => {
    const dataStart = 8 + Number(new DataView(file.buffer).getBigUint64(0, true))
    for (let at = dataStart; at < file.length; at++) {
      const flipped = file.slice()
      flipped[at]! ^= 1 << (at % 8)
      expect(() => decodePack(flipped), `byte ${at}`).toThrow('is not the array that was saved')
    }
  })

  // A type that turns into another of the same size is seen by the hash of the file alone: hence both.
  it('never gives other bytes for an array, or another state, and never breaks the reader', () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const flipped = file.slice()
        flipped[at]! ^= mask
        expect(sha256(flipped), 'the hash of the file tells').not.toBe(sha256(file))
        let back: Pack
        try {
          back = decodePack(flipped)
        } catch (error) {
          expect(error).toBeInstanceOf(KtrdrError)
          return
        }
        expect(back.stateJson).toBe(saved.stateJson)
        expect(back.arrays.map(hashOf).toSorted()).toEqual(saved.arrays.map(hashOf).toSorted())
      }),
      { numRuns: 3000 },
    )
  })
})
