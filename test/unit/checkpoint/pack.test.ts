import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factsOf } from '../../../src/checkpoint/identity.ts'
import {
  decodePack,
  encodePack,
  PACK_FORMAT,
  type Pack,
  type PackedBlob,
} from '../../../src/checkpoint/pack.ts'
import { KtrdrError } from '../../../src/core/errors.ts'
import { sha256 } from '../../../src/core/hash.ts'
import { decodeSafetensors, encodeSafetensors } from '../../../src/core/safetensors.ts'
import { bytesOf, dtypeOf, type TypedArray } from '../../../src/core/snapshot.ts'
import type { BlobKind } from '../../../src/store/blob-table.ts'
import { cursorAt, ID } from '../../support/temp-store.ts'

/** A blob that is stored as it is. */
function blobOf(
  name: string,
  data: TypedArray,
  shape: readonly number[] = [data.length],
  kind: BlobKind = 'tensor',
): PackedBlob {
  const bytes = bytesOf(data)
  const facts = factsOf(kind, dtypeOf(data), shape, bytes)
  return { name, facts, codec: 'raw', base: null, depth: 0, bytes }
}

const WEIGHTS = blobOf('model.w', Float32Array.of(1, 2, 3, 4), [2, 2])
const STATE = Buffer.from('{"epoch":3,"note":"größer als nichts"}')

const PACK: Pack = {
  head: {
    operationId: ID,
    generation: 2,
    seq: 7,
    type: 'cancellation',
    cursor: cursorAt(29),
    stateVersion: 1,
    createdAtMs: 1_734_100_222_000,
  },
  blobs: [
    blobOf('equity', Float64Array.of(-0, NaN), [2], 'rows'),
    blobOf('equity', Float64Array.of(7), [1], 'rows'),
    WEIGHTS,
    {
      ...blobOf('optimizer.m', Float32Array.of(9, 9, 9)),
      codec: 'delta-isub',
      base: WEIGHTS.facts.sha256,
      depth: 3,
      bytes: Uint8Array.of(1, 2, 3, 4, 5),
    },
    blobOf('empty', new Float32Array(0)),
    blobOf('order', Int32Array.of(-1, 5)),
    blobOf('state', Uint8Array.from(STATE), [STATE.length], 'state'),
  ],
  recovery: Uint8Array.of(1, 0, 255),
}

const { file: FILE, offsets: OFFSETS } = encodePack(PACK)

type Manifest = { format: number; blobs: { array: string; name: string }[] }

/** The same file with its manifest changed. */
function withManifest(change: (manifest: Manifest) => unknown): Uint8Array {
  const { metadata, arrays } = decodeSafetensors(FILE)
  const manifest = change(JSON.parse(metadata['ktrdr']!) as Manifest)
  return encodeSafetensors({ metadata: { ktrdr: JSON.stringify(manifest) }, arrays })
}

const withBytes = (blobs: readonly PackedBlob[]): unknown =>
  blobs.map(({ bytes, ...rest }) => ({ ...rest, sha256: sha256(bytes) }))

describe('a pack', () => {
  it.each([
    ['with what the database would need', PACK],
    ['without it', { ...PACK, recovery: null }],
    ['without blobs', { ...PACK, blobs: [] }],
  ])('%s comes back bit for bit', (_, pack) => {
    const { file, offsets } = encodePack(pack)
    const back = decodePack(file)
    expect(back.head).toEqual(pack.head)
    expect(withBytes(back.blobs)).toEqual(withBytes(pack.blobs))
    expect(back.recovery).toEqual(pack.recovery)
    expect(back.offsets).toEqual(offsets)
  })

  it('says where each of its blobs lies, so that one can be read without the others', () => {
    for (const [i, { name, bytes }] of PACK.blobs.entries())
      expect(FILE.slice(OFFSETS[i], OFFSETS[i]! + bytes.length), name).toEqual(
        Uint8Array.from(bytes),
      )
  })

  it('is a safetensors file whose tensors any reader finds by name', () => {
    const { arrays, metadata } = decodeSafetensors(FILE)
    expect(arrays.find(({ name }) => name === 'model.w')).toEqual({
      name: 'model.w',
      dtype: 'F32',
      shape: [2, 2],
      data: Float32Array.of(1, 2, 3, 4),
    })
    expect(
      arrays.find(({ name }) => name === 'optimizer.m'),
      'and what is encoded is bytes',
    ).toMatchObject({ dtype: 'U8', shape: [5] })
    expect(Object.keys(metadata), 'and all that is ours stands in one entry').toEqual(['ktrdr'])
    expect(JSON.parse(metadata['ktrdr']!) as Manifest).toMatchObject({
      format: PACK_FORMAT,
      operationId: ID,
      seq: 7,
    })
  })

  it('is the same file for the same checkpoint', () =>
    expect(sha256(encodePack(PACK).file)).toBe(sha256(FILE)))
})

describe('a pack of another kind is refused', () => {
  it('when its format is newer', () =>
    expect(() =>
      decodePack(withManifest((manifest) => ({ ...manifest, format: PACK_FORMAT + 1 }))),
    ).toThrow(
      expect.objectContaining({
        code: 'FORMAT_TOO_NEW',
        exitCode: 6,
        message: 'The pack has format 3; this ktrdr knows 2.',
      }),
    ))

  it.each([
    ['has no manifest', encodeSafetensors({ metadata: {}, arrays: [] }), 'it has no manifest'],
    [
      'has a manifest that is no JSON',
      encodeSafetensors({ metadata: { ktrdr: '{' }, arrays: [] }),
      'its manifest is not JSON',
    ],
    ['has the manifest null', withManifest(() => null), 'it has format undefined'],
    ['has an empty manifest', withManifest(() => ({})), 'it has format undefined'],
    [
      'is of format 1, which another reader knows',
      withManifest((manifest) => ({ ...manifest, format: 1 })),
      'it has format 1',
    ],
    [
      'lists no blobs',
      withManifest(({ blobs: _, ...manifest }) => manifest),
      'its manifest is incomplete',
    ],
    [
      'lists nothing for a blob',
      withManifest((manifest) => ({ ...manifest, blobs: [null] })),
      'its manifest is incomplete',
    ],
    [
      'names an array wrongly',
      withManifest((manifest) => {
        manifest.blobs[0]!.array = 'equities'
        return manifest
      }),
      'its manifest names equities, which it does not hold',
    ],
    ['is cut off', FILE.subarray(0, FILE.length - 1), ''],
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
  // That the bytes of a blob are right is seen by its own hash, that all are by the hash of the file.
  it('is told by the hash of the file, and never breaks the reader', () => {
    fc.assert(
      fc.property(fc.nat(FILE.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const flipped = FILE.slice()
        flipped[at]! ^= mask
        expect(sha256(flipped)).not.toBe(sha256(FILE))
        try {
          decodePack(flipped)
        } catch (error) {
          expect(error).toBeInstanceOf(KtrdrError)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
