// What a power cut may leave on the disk (after ALICE, OSDI 2014). A change is durable when the file, or for names the
// directory, was synced after it; of all others any subset may have arrived, in any order, the last of them torn or as
// zeros. A journalled file system does better: names arrive in order. Both are tried.

import { createHash } from 'node:crypto'
import type { RandomStream } from '../../../src/core/rng.ts'
import {
  applyChange,
  copyTree,
  isData,
  ROOT_INODE,
  type Change,
  type DiskOperation,
  type Inode,
  type Tree,
  type WriteDamage,
} from './disk-operations.ts'
import type { Recording } from './record.ts'

/** What arrived of the pending changes when the power went after `operations` operations. */
export type PowerCut = {
  readonly operations: number
  readonly arrived: readonly Change[]
  readonly damage: ReadonlyMap<Change, WriteDamage>
}

const RANDOM_SUBSETS = 4
/** Dropping each of very many changes tells little more than dropping each of the last. */
const SINGLES = 24
const SECTOR_BYTES = 512

/** Every kind of cut at every instant of a recording. */
export function powerCuts({ operations }: Recording, random: RandomStream): PowerCut[] {
  const cuts: PowerCut[] = []
  let pending: readonly Pending[] = []
  for (const [i, operation] of operations.entries()) {
    if (operation.kind === 'say') continue // nothing changes on the disk; the cut before the next change counts
    pending = advance(pending, operation).pending
    const inDoubt = pending.flatMap(({ change, isSafe }) => (isSafe ? [] : [change]))
    const cut = (chosen: readonly Change[], damage: PowerCut['damage']): PowerCut => {
      const there = new Set(chosen)
      const arrived = pending.filter(({ change, isSafe }) => isSafe || there.has(change))
      return { operations: i + 1, arrived: arrived.map(({ change }) => change), damage }
    }
    for (const { arrived, damage = NONE } of subsets(inDoubt, random)) {
      cuts.push(cut(arrived, damage))
      const inOrder = namesInOrder(inDoubt, arrived)
      if (inOrder.length < arrived.length) cuts.push(cut(inOrder, damage))
    }
  }
  return cuts
}

/** A change that is not simply durable. */
type Pending = {
  readonly change: Change
  /** Synced, yet after one of the same file that may never arrive. */
  readonly isSafe: boolean
  /** Its sync has failed: a later one does not help. */
  readonly isDoomed: boolean
}

/** What an operation makes of the pending changes, and which of them become durable by it. */
function advance(
  pending: readonly Pending[],
  operation: Exclude<DiskOperation, { kind: 'say' }>,
): { readonly pending: readonly Pending[]; readonly durable: readonly Change[] } {
  const { kind, target } = operation
  if (kind === 'failed-sync')
    return {
      pending: pending.map((one) =>
        one.change.target === target && isData(one.change)
          ? { ...one, isDoomed: !one.isSafe }
          : one,
      ),
      durable: [],
    }
  if (kind !== 'sync')
    return {
      pending: [...pending, { change: operation, isSafe: false, isDoomed: false }],
      durable: [],
    }
  const durable: Change[] = []
  let isAfterDoomed = false
  const left = pending.flatMap((one) => {
    if (one.change.target !== target) return [one]
    isAfterDoomed ||= one.isDoomed
    if (isAfterDoomed) return [{ ...one, isSafe: !one.isDoomed }]
    durable.push(one.change)
    return []
  })
  return { pending: left, durable }
}

type Subset = { readonly arrived: readonly Change[]; readonly damage?: PowerCut['damage'] }
const NONE: PowerCut['damage'] = new Map()

function* subsets(pending: readonly Change[], random: RandomStream): Generator<Subset> {
  yield { arrived: pending }
  const last = pending.at(-1)
  if (last === undefined) return
  yield { arrived: [] }
  yield { arrived: pending.filter((change) => !isData(change)) }
  yield { arrived: pending.filter(isData) }
  for (const one of pending.slice(-SINGLES)) {
    yield { arrived: pending.filter((change) => change !== one) }
    yield { arrived: [one] }
  }
  for (const damage of damages(last)) yield { arrived: pending, damage: new Map([[last, damage]]) }
  for (let n = 0; n < RANDOM_SUBSETS; n++) {
    const arrived = pending.filter(() => random.nextUnit() < 0.5)
    const torn = arrived[random.nextBelow(arrived.length + 1)]
    const possible = torn ? damages(torn) : []
    const damage = possible[random.nextBelow(possible.length + 1)]
    yield torn && damage ? { arrived, damage: new Map([[torn, damage]]) } : { arrived }
  }
}

function damages(change: Change): WriteDamage[] {
  if (change.kind !== 'write') return []
  const { length } = change.bytes
  const lengths = [1, SECTOR_BYTES, length >> 1, length - 1].filter((n) => n > 0 && n < length)
  return [...lengths.map((n) => ({ length: n })), 'zeroed']
}

/** A journal writes names in order: after the first that is missing there are none. */
function namesInOrder(pending: readonly Change[], arrived: readonly Change[]): Change[] {
  const there = new Set(arrived)
  const missing = pending.findIndex((change) => !isData(change) && !there.has(change))
  const inTime = missing < 0 ? there : new Set(pending.slice(0, missing))
  return arrived.filter((change) => isData(change) || inTime.has(change))
}

/** Path → bytes; null = a directory. */
export type DiskImage = ReadonlyMap<string, Buffer | null>

export type CutDisk = {
  readonly image: DiskImage
  /** What had been said before the power went. */
  readonly said: readonly string[]
  readonly cut: PowerCut
}

/** The disk after each of the cuts, which are in the order of time; no disk twice after the same words. */
export function* disksAfter(recording: Recording, cuts: readonly PowerCut[]): Generator<CutDisk> {
  const durable = copyTree(recording.before)
  const said: string[] = []
  const seen = new Set<string>()
  let pending: readonly Pending[] = []
  let done = 0
  for (const cut of cuts) {
    for (; done < cut.operations; done++) {
      const operation = recording.operations[done]!
      if (operation.kind === 'say') said.push(operation.line)
      else {
        const next = advance(pending, operation)
        for (const change of next.durable) applyChange(durable, change)
        pending = next.pending
      }
    }
    const tree = copyTree(durable)
    for (const change of cut.arrived) applyChange(tree, change, cut.damage.get(change))
    const image = imageOf(tree)
    const key = `${said.length} ${digestOf(image)}`
    if (seen.has(key)) continue
    seen.add(key)
    yield { image, said: [...said], cut }
  }
}

/** What can be reached from the root: an entry in a directory that did not arrive is lost with it. */
function imageOf(tree: Tree): DiskImage {
  const image = new Map<string, Buffer | null>()
  const visit = (directory: Inode, path: string): void => {
    for (const [name, inode] of tree.directories.get(directory) ?? []) {
      const child = path === '' ? name : `${path}/${name}`
      if (tree.directories.has(inode)) {
        image.set(child, null)
        visit(inode, child)
      } else image.set(child, tree.files.get(inode) ?? Buffer.alloc(0))
    }
  }
  visit(ROOT_INODE, '')
  return image
}

const digests = new WeakMap<Buffer, string>()

function digestOf(image: DiskImage): string {
  const hash = createHash('sha1')
  for (const [path, bytes] of [...image].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    let digest = ''
    if (bytes) {
      digest = digests.get(bytes) ?? createHash('sha1').update(bytes).digest('hex')
      digests.set(bytes, digest)
    }
    hash.update(`${path}\0${digest}\n`)
  }
  return hash.digest('hex')
}

/** How a cut is told in a failure. */
export function describeCut(
  { operations }: Recording,
  { operations: n, arrived, damage }: PowerCut,
): string {
  const tell = (operation: DiskOperation | undefined): string =>
    operation === undefined || operation.kind === 'say'
      ? 'words'
      : `${operation.kind} ${operation.target}${'name' in operation ? ` ${operation.name}` : ''}`
  return `power cut after ${n} operations (the last: ${tell(operations[n - 1])}), ${arrived.length} pending changes arrived, ${damage.size} damaged`
}
