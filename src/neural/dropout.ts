// Dropout masks as a pure function of (seed, step, layer, row, unit): nothing to store, nothing to resume,
// and any thread can make any part of a mask. Two rounds of a 32-bit multiply-xorshift hash
// (constants of C. Wellons' lowbias32) keyed by two words of the `dropout` stream.

import { KtrdrError } from '../core/errors.ts'
import { randomStream } from '../core/rng.ts'
import type { NetworkShape } from './network.ts'

/** Numbers of rows and of units of a row are below this. */
const MASK_LIMIT = 65_536

export type DropoutKey = { readonly k0: number; readonly k1: number }

/** The key of one layer in one optimizer step. */
export function dropoutKey(seed: number, step: number, layer: number): DropoutKey {
  const stream = randomStream(seed, 'dropout', step, layer)
  return { k0: stream.nextUint32(), k1: stream.nextUint32() }
}

/** A unit is kept when its hash is at or above this; P(dropped) = p to 2⁻³². */
export function dropoutThreshold(p: number): number {
  return Math.floor(p * 0x100000000) >>> 0
}

/**
 * Is `unit` of `row` kept? `row` (within the batch) and `unit` are below 65 536.
 * @param threshold of `dropoutThreshold`
 */
export function isKept(key: DropoutKey, row: number, unit: number, threshold: number): boolean {
  let h = ((row << 16) + unit) ^ key.k0
  h = Math.imul(h, 0x7feb352d)
  h = (h ^ (h >>> 15)) + key.k1
  h = Math.imul(h, 0x846ca68b)
  h ^= h >>> 16
  return h >>> 0 >= threshold
}

/**
 * A mask has a unit for each hidden unit, at each time step of a window; beyond what it can number it would repeat.
 * @param batchSize where it is known
 * @throws STRATEGY_INVALID when the units or the rows are more than a mask can number
 */
export function expectMaskable(shape: NetworkShape, batchSize = 0): void {
  if (shape.dropout === 0) return
  const excess = excessOf(shape) ?? (batchSize > MASK_LIMIT ? `batches of ${batchSize}` : null)
  if (excess === null) return
  throw new KtrdrError(
    'STRATEGY_INVALID',
    `Dropout masks have fewer than ${MASK_LIMIT} units and no more rows, and the network has ${excess}.`,
    { suggestions: ['Lower that number, or set model.architecture.dropout to 0.'] },
  )
}

function excessOf(shape: NetworkShape): string | null {
  if (shape.kind === 'mlp') {
    const widest = Math.max(0, ...shape.hiddenLayers)
    return widest < MASK_LIMIT ? null : `a layer of ${widest}`
  }
  const { sequenceLength, hiddenSize } = shape
  const isFew = sequenceLength * hiddenSize < MASK_LIMIT
  return isFew ? null : `sequence_length · hidden_size = ${sequenceLength} · ${hiddenSize}`
}
