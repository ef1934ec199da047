// The kernel's memory: one shared WebAssembly memory a network, just as large as it needs, and who lives where.
// Everything is laid out by pure functions of the plan, so each thread works out the same addresses for itself.

import { KtrdrError } from '../../core/errors.ts'
import { RESERVED_BYTES } from './routines/constants.ts'
import { PANEL_COLUMNS, ROW_BYTES } from './routines/tile.ts'
import { MAX_PAGES } from '../../wasm/module.ts'

export const PAGE_BYTES = 65536
const LINE_BYTES = 64
/** Rows of a panel stand apart by this much more, so that panels do not fight for the same sets of a cache. */
const STRIDE_EXTRA = 192

export type Allocator = {
  /** Address of `bytes` more bytes, at the start of a cache line. */
  readonly take: (bytes: number) => number
  readonly end: () => number
}

export function allocateFrom(start: number = RESERVED_BYTES): Allocator {
  let top = roundUp(start, LINE_BYTES)
  return {
    take: (bytes) => {
      const address = top
      top = roundUp(top + bytes, LINE_BYTES)
      return address
    },
    end: () => top,
  }
}

export function roundUp(n: number, multiple: number): number {
  return Math.ceil(n / multiple) * multiple
}

/** Panels of a matrix with so many columns. */
export function panelsOf(columns: number): number {
  return Math.ceil(columns / PANEL_COLUMNS)
}

/** Bytes from panel to panel of a matrix with so many rows. */
export function strideOf(rows: number): number {
  return rows * ROW_BYTES + STRIDE_EXTRA
}

/** Rows of a batch with those that fill its last tile. */
export function paddedRows(rows: number): number {
  return roundUp(rows, 4)
}

/** @throws NOT_YET_SUPPORTED beyond 4 GiB, OPERATION_FAILED when the system has no such memory */
export function createMemory(bytes: number): WebAssembly.Memory {
  const initial = pagesFor(bytes)
  return allocated(
    bytes,
    () => new WebAssembly.Memory({ initial, maximum: MAX_PAGES, shared: true }),
  )
}

/** Makes the memory at least so large; it never shrinks. Views of it must be made anew. */
export function growMemory(memory: WebAssembly.Memory, bytes: number): void {
  const missing = pagesFor(bytes) - memory.buffer.byteLength / PAGE_BYTES
  if (missing > 0) allocated(bytes, () => memory.grow(missing))
}

function pagesFor(bytes: number): number {
  const pages = Math.ceil(bytes / PAGE_BYTES)
  if (pages <= MAX_PAGES) return pages
  throw new KtrdrError(
    'NOT_YET_SUPPORTED',
    `The network and its data need ${sizeText(bytes)} of memory, and at most 4 GiB can be addressed.`,
    {
      suggestions: [
        'Train on fewer rows, or lower training.batch_size or the size of the network.',
      ],
    },
  )
}

function allocated<T>(bytes: number, allocate: () => T): T {
  try {
    return allocate()
  } catch (cause) {
    throw new KtrdrError(
      'OPERATION_FAILED',
      `The system gave no ${sizeText(bytes)} of memory for the network and its data.`,
      { cause },
    )
  }
}

function sizeText(bytes: number): string {
  return bytes < 0x40000000
    ? `${Math.ceil(bytes / 0x100000)} MiB`
    : `${(bytes / 0x40000000).toFixed(1)} GiB`
}
