// What a trained network says of each bar of a backtest.

import { softmax } from '../neural/loss.ts'
import type { Network } from '../neural/network.ts'

const BLOCK = 1024

/**
 * The forecast of each bar, worked out in blocks when first needed. Each row's outputs depend on that row alone, so
 * where blocks begin changes nothing.
 */
export function forecaster(
  network: Network,
  matrix: Float32Array,
  bars: Int32Array,
  barCount: number,
): (bar: number) => Float32Array | null {
  const { inputs, outputs } = network.shape
  const rowOf = new Int32Array(barCount).fill(-1)
  for (const [row, bar] of bars.entries()) rowOf[bar] = row
  const forecast = new Float32Array(outputs)
  let blockStart = -1
  let block = new Float32Array(0)
  return (bar) => {
    const row = rowOf[bar]!
    if (row < 0) return null
    const start = row - (row % BLOCK)
    if (start !== blockStart) {
      const count = Math.min(BLOCK, bars.length - start)
      const features = matrix.subarray(start * inputs, (start + count) * inputs)
      const predicted = network.predict({ count, features, firstRows: null })
      block = new Float32Array(outputs === 1 ? predicted : softmax(predicted, count, outputs))
      blockStart = start
    }
    const at = (row - start) * outputs
    for (let j = 0; j < outputs; j++) forecast[j] = block[at + j]!
    return forecast
  }
}
