// Rows of the data set into the panels of a batch, for the batch rows [from, until):
//   X[m] = features[firstRow[sample[m]] + ahead]; with `gather_targets` also target[m] and weight[m].
// `features` is row-major as it was given, without padding; `ahead` bytes are added for a later row of a window.
// Columns of the last panel beyond the real ones are set to 0.

import type { ModuleBuilder } from '../../../wasm/module.ts'
import { i32, v128 } from '../../../wasm/values.ts'
import { TAIL_MASK } from './constants.ts'
import { ROW_BYTES } from './tile.ts'

export function defineGather(module: ModuleBuilder): void {
  const parameters = {
    /** Address of the features, plus the bytes to look ahead. */
    features: 'i32',
    /** Bytes of a row. */
    rowBytes: 'i32',
    samples: 'i32',
    firstRows: 'i32',
    x: 'i32',
    xStride: 'i32',
    from: 'i32',
    until: 'i32',
    /** Real columns, above 0. */
    inputs: 'i32',
  } as const
  module.define('gather', parameters, (f, p) => {
    const { features, rowBytes, samples, firstRows, x, xStride, from, until, inputs } = p
    const [m, source, sourceEnd, target, mask] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()]
    const masks = f.v128s(2)
    // The mask of the last panel begins with its real columns: 1 … 8.
    f.set(mask, i32.sub(TAIL_MASK + 28, i32.shl(i32.and(i32.sub(inputs, 1), 7), 2)))
    for (const half of [0, 1]) f.set(masks[half]!, v128.load(mask, half * 16))
    f.forRange(m, from, until, ROW_BYTES, () => {
      const sample = i32.load(i32.add(samples, i32.shr(m, 3)))
      const row = i32.load(i32.add(firstRows, i32.shl(sample, 2)))
      f.set(source, i32.add(features, i32.mul(row, rowBytes)))
      f.set(sourceEnd, i32.add(source, i32.shl(i32.sub(inputs, 1), 2), -28))
      f.set(target, i32.add(x, m))
      f.loopWhile(
        () => i32.lessThan(source, sourceEnd),
        () => {
          for (const half of [0, 16]) f.store(target, v128.load(source, half), half)
          f.increase(source, ROW_BYTES)
          f.increase(target, xStride)
        },
      )
      for (const half of [0, 1])
        f.store(target, v128.and(v128.load(source, half * 16), masks[half]!), half * 16)
    })
  })

  const toTargets = {
    samples: 'i32',
    allTargets: 'i32',
    allWeights: 'i32',
    targets: 'i32',
    weights: 'i32',
    from: 'i32',
    until: 'i32',
  } as const
  module.define('gather_targets', toTargets, (f, p) => {
    const { samples, allTargets, allWeights, targets, weights, from, until } = p
    const [m, end, sample] = [f.i32(), f.i32(), f.i32()]
    f.set(end, i32.shr(until, 3))
    f.forRange(m, i32.shr(from, 3), end, 4, () => {
      f.set(sample, i32.shl(i32.load(i32.add(samples, m)), 2))
      f.storeI32(i32.add(targets, m), i32.load(i32.add(allTargets, sample)))
      f.storeI32(i32.add(weights, m), i32.load(i32.add(allWeights, sample)))
    })
  })
}
