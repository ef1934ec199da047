// What the codecs make of the snapshots of a training: stored bytes in % of raw ones, by phase. An array that an
// earlier snapshot has already is not stored again, as content addressing does it: the copy of the best weights costs
// nothing.

import { encodeBytes, type CodecChoice } from '../../src/checkpoint/codecs/codec.ts'
import { sha256 } from '../../src/core/hash.ts'
import { GROUPS, PHASES, type Group, type PhaseName, type TracedEpoch } from './training-trace.ts'

/** Deltas in a row at most, as the default setting has it. */
const MAX_DELTA_DEPTH = 8

const WAYS = [
  { name: 'raw', choice: 'raw', hasDeltas: false },
  { name: 'gzip', choice: 'gzip', hasDeltas: false },
  { name: 'brotli', choice: 'brotli', hasDeltas: false },
  { name: 'planes-huff', choice: 'planes-huff', hasDeltas: false },
  { name: 'planes-zstd', choice: 'planes-zstd', hasDeltas: false },
  { name: 'auto', choice: 'auto', hasDeltas: false },
  { name: 'auto with deltas', choice: 'auto', hasDeltas: true },
] as const satisfies readonly { name: string; choice: CodecChoice; hasDeltas: boolean }[]

export type SizeRow = {
  readonly way: string
  readonly phase: PhaseName
  /** Stored in % of raw: by group of arrays, and the whole state. */
  readonly percent: Readonly<Record<Group | 'state', number>>
}

type StoredArray = {
  readonly phase: PhaseName
  readonly group: Group
  readonly rawBytes: number
  readonly storedBytes: number
}

export function measureSizes(epochs: readonly TracedEpoch[]): SizeRow[] {
  return WAYS.flatMap(({ name, choice, hasDeltas }) => {
    const stored = store(epochs, choice, hasDeltas)
    return PHASES.map(({ name: phase }) => {
      const ofPhase = stored.filter((array) => array.phase === phase)
      const groups = GROUPS.map(
        (group) => [group, percentOf(ofPhase.filter((array) => array.group === group))] as const,
      )
      const percent = { ...Object.fromEntries(groups), state: percentOf(ofPhase) }
      return { way: name, phase, percent: percent as SizeRow['percent'] }
    })
  })
}

function store(
  epochs: readonly TracedEpoch[],
  choice: CodecChoice,
  hasDeltas: boolean,
): StoredArray[] {
  const known = new Set<string>()
  const latest = new Map<string, { readonly bytes: Uint8Array; readonly depth: number }>()
  return epochs.flatMap(({ phase, arrays }) =>
    arrays.map(({ group, name, bytes: raw }) => {
      const row = { phase, group, rawBytes: raw.length }
      const identity = sha256(raw)
      if (known.has(identity)) return { ...row, storedBytes: 0 }
      known.add(identity)
      const before = latest.get(name)
      const base = hasDeltas && before && before.depth < MAX_DELTA_DEPTH ? before.bytes : null
      const { codec, bytes } = encodeBytes(raw, { dtype: 'F32', isJson: false, choice, base })
      latest.set(name, { bytes: raw, depth: codec === 'delta-isub' ? before!.depth + 1 : 0 })
      return { ...row, storedBytes: bytes.length }
    }),
  )
}

function percentOf(arrays: readonly StoredArray[]): number {
  const sum = (of: 'rawBytes' | 'storedBytes'): number =>
    arrays.reduce((total, array) => total + array[of], 0)
  return (100 * sum('storedBytes')) / sum('rawBytes')
}
