// V8 can join pairs of 128-bit WebAssembly operations into 256-bit ones, with the same bits at twice the speed.
// The flag is experimental: it is there in the V8 of Node 24 to 26, and does something on x64 with AVX2 alone. A V8
// that has dropped it would complain on stderr, hence the upper bound.

import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'

const NODES = { first: 24, last: 26 } as const

/**
 * Switches wide SIMD on for modules that are compiled from now on, in every thread of the process.
 * @returns whether it is on
 */
export function enableWideSimd(): boolean {
  const [major = 0] = process.versions.node.split('.').map(Number)
  const isKnown = major >= NODES.first && major <= NODES.last
  if (process.arch !== 'x64' || !isKnown || !hasAvx2()) return false
  setFlagsFromString('--experimental-wasm-revectorize')
  return true
}

/** Linux tells; elsewhere an x64 processor without AVX2 (older than 2013) is taken for one that has it. */
function hasAvx2(): boolean {
  if (process.platform !== 'linux') return true
  try {
    return /\bavx2\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))
  } catch {
    return true
  }
}
