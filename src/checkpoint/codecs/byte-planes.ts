// Arrays as planes of bytes, one after the other, and back; what a plane is: plane-routines.ts. Memory and
// routines are made at first use, once for a thread. An array of any size goes through its small memory block by block.

import { ELEMENT_BYTES, type Dtype } from '../../core/snapshot.ts'
import {
  BASE_ADDRESS,
  BLOCK_BYTES,
  MEMORY_PAGES,
  PLANES_ADDRESS,
  routineBytes,
  type RoutineName,
  type WordKind,
} from './plane-routines.ts'

const KINDS: Readonly<Record<Dtype, WordKind>> = {
  F64: 'f64',
  F32: 'f32',
  I32: 'i32',
  U32: 'i32',
  U8: 'u8',
}

type Routine = (blockBytes: number) => void

let memory: WebAssembly.Memory | undefined
const routines = new Map<RoutineName, Routine>()

function openMemory(): WebAssembly.Memory {
  const limits = { initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true } as const
  return (memory ??= new WebAssembly.Memory(limits))
}

function openRoutine(direction: 'split' | 'join', dtype: Dtype, isDelta: boolean): Routine {
  const name: RoutineName = `${direction}_${KINDS[dtype]}${isDelta ? '_delta' : ''}`
  const known = routines.get(name)
  if (known) return known
  const module = new WebAssembly.Module(routineBytes(name))
  const { exports } = new WebAssembly.Instance(module, { kernel: { memory: openMemory() } })
  const routine = exports[name] as Routine
  routines.set(name, routine)
  return routine
}

/**
 * The planes of `raw`, or of its differences to `base`.
 * @param raw whole words of `dtype`
 * @param base as long as `raw`, or null
 */
export function splitPlanes(raw: Uint8Array, dtype: Dtype, base: Uint8Array | null): Uint8Array {
  if (dtype === 'U8' && !base) return raw
  const split = openRoutine('split', dtype, base !== null)
  const bytes = new Uint8Array(openMemory().buffer)
  const planes = new Uint8Array(raw.length)
  for (let from = 0; from < raw.length; from += BLOCK_BYTES) {
    const block = raw.subarray(from, from + BLOCK_BYTES)
    bytes.set(block)
    if (base) bytes.set(base.subarray(from, from + BLOCK_BYTES), BASE_ADDRESS)
    split(block.length)
    eachPart(bytes, planes, dtype, from, (inBlock, inPlane) => inPlane.set(inBlock))
  }
  return planes
}

/** The array that `splitPlanes` with the same `base` took apart. */
export function joinPlanes(planes: Uint8Array, dtype: Dtype, base: Uint8Array | null): Uint8Array {
  if (dtype === 'U8' && !base) return planes
  const join = openRoutine('join', dtype, base !== null)
  const bytes = new Uint8Array(openMemory().buffer)
  const raw = new Uint8Array(planes.length)
  for (let from = 0; from < raw.length; from += BLOCK_BYTES) {
    const block = raw.subarray(from, from + BLOCK_BYTES)
    if (base) bytes.set(base.subarray(from, from + BLOCK_BYTES), BASE_ADDRESS)
    eachPart(bytes, planes, dtype, from, (inBlock, inPlane) => inBlock.set(inPlane))
    join(block.length)
    block.set(bytes.subarray(0, block.length))
  }
  return raw
}

/** Visits, plane by plane, the part that the block at `from` has in it: in the kernel's memory, and in the plane. */
function eachPart(
  bytes: Uint8Array,
  planes: Uint8Array,
  dtype: Dtype,
  from: number,
  visit: (inBlock: Uint8Array, inPlane: Uint8Array) => void,
): void {
  const wordBytes = ELEMENT_BYTES[dtype]
  const length = Math.min(BLOCK_BYTES, planes.length - from) / wordBytes
  for (let plane = 0; plane < wordBytes; plane++) {
    const inBlock = PLANES_ADDRESS + (plane * BLOCK_BYTES) / wordBytes
    const inPlane = (plane * planes.length + from) / wordBytes
    visit(bytes.subarray(inBlock, inBlock + length), planes.subarray(inPlane, inPlane + length))
  }
}
