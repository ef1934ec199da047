// What a trained network says of each bar of a backtest.

import { softmax } from '../neural/loss.ts'
import type { Network, NetworkShape, Samples } from '../neural/network.ts'
import { windowLength } from '../neural/window-length.ts'

const BLOCK = 1024

/**
 * The forecast of each bar, worked out in blocks when first needed. Each row's outputs depend on that row alone, so
 * where blocks begin changes nothing.
 * @param bars that of each sample, ascending
 */
export function forecaster(
  network: Network,
  samples: Samples,
  bars: Int32Array,
  barCount: number,
): (bar: number) => Float32Array | null {
  const { outputs } = network.shape
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
      const predicted = network.predict(blockOf(samples, start, count, network.shape))
      block = new Float32Array(outputs === 1 ? predicted : softmax(predicted, count, outputs))
      blockStart = start
    }
    const at = (row - start) * outputs
    for (let j = 0; j < outputs; j++) forecast[j] = block[at + j]!
    return forecast
  }
}

/** The samples from `start` on, with the rows that they look at. */
function blockOf(
  { features, firstRows }: Samples,
  start: number,
  count: number,
  shape: NetworkShape,
): Samples {
  const firstOf = (sample: number): number => (firstRows ? firstRows[sample]! : sample)
  const from = firstOf(start)
  const to = firstOf(start + count - 1) + windowLength(shape)
  return {
    count,
    features: features.subarray(from * shape.inputs, to * shape.inputs),
    firstRows: firstRows && firstRows.subarray(start, start + count).map((row) => row - from),
  }
}
