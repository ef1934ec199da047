// A network that predicts many samples block by block and lets somebody else have a word in between. Each sample depends on
// its own rows alone: where blocks begin changes nothing.

import { parameterCount } from './initialise.ts'
import type { Network, NetworkShape, Samples } from './network.ts'
import { windowLength } from './window-length.ts'

/** Multiplications of a block: about a tenth of a second on one core. */
const WORK = 1e9
/** The kernel takes so many samples at once. */
const GRAIN = 64
const MOST = 4096

export function withPauses(network: Network, pause: () => void): Network {
  const { shape } = network
  const length = blockLength(shape)
  const inBlocks =
    (predict: Network['predict']): Network['predict'] =>
    (samples) => {
      if (samples.count <= length) return predict(samples)
      const all = new Float32Array(samples.count * shape.outputs)
      for (let start = 0; start < samples.count; start += length) {
        if (start > 0) pause()
        const block = blockOf(samples, start, Math.min(length, samples.count - start), shape)
        all.set(predict(block), start * shape.outputs)
      }
      return all
    }
  return {
    ...network,
    predict: inBlocks(network.predict),
    classify: inBlocks(network.classify),
  }
}

function blockLength(shape: NetworkShape): number {
  const samples = WORK / (parameterCount(shape) * windowLength(shape))
  return Math.max(GRAIN, Math.min(MOST, GRAIN * Math.floor(samples / GRAIN)))
}

/** The samples from `start` on, with the rows that they look at. */
export function blockOf(
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
