// Arrays as planes of bytes, one after the other, and back; what a plane is: plane-routines.ts. The kernel is made at
// first use, once for a thread. An array of any size goes through its small memory block by block.

import { ELEMENT_BYTES, type Dtype } from '../../core/snapshot.ts'
import {
  BASE_ADDRESS,
  BLOCK_BYTES,
  MEMORY_PAGES,
  planeModuleBytes,
  PLANES_ADDRESS,
  type RoutineName,
  type WordKind,
} from './plane-routines.ts'

type Kernel = {
  readonly bytes: Uint8Array
  readonly routines: Readonly<Record<RoutineName, (blockBytes: number) => void>>
}

const KINDS: Readonly<Record<Dtype, WordKind>> = {
  F64: 'f64',
  F32: 'f32',
  I32: 'i32',
  U32: 'i32',
  U8: 'u8',
}

let kernel: Kernel | undefined

function openKernel(): Kernel {
  if (kernel) return kernel
  const limits = { initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true } as const
  const memory = new WebAssembly.Memory(limits)
  const module = new WebAssembly.Module(planeModuleBytes())
  const { exports } = new WebAssembly.Instance(module, { kernel: { memory } })
  kernel = { bytes: new Uint8Array(memory.buffer), routines: exports as Kernel['routines'] }
  return kernel
}

/**
 * The planes of `raw`, or of its differences to `base`.
 * @param raw whole words of `dtype`
 * @param base as long as `raw`, or null
 */
export function splitPlanes(raw: Uint8Array, dtype: Dtype, base: Uint8Array | null): Uint8Array {
  if (dtype === 'U8' && !base) return raw
  const { bytes, routines } = openKernel()
  const split = routines[`split_${KINDS[dtype]}${base ? '_delta' : ''}`]
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
  const { bytes, routines } = openKernel()
  const join = routines[`join_${KINDS[dtype]}${base ? '_delta' : ''}`]
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
  memory: Uint8Array,
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
    visit(memory.subarray(inBlock, inBlock + length), planes.subarray(inPlane, inPlane + length))
  }
}
