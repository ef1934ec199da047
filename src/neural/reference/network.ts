// The reference engine: every network in plain TypeScript, written to be read and to be the oracle of the tests.

import type { FitSettings, Network, NetworkShape, Rows } from '../network.ts'
import { KtrdrError } from '../../core/errors.ts'
import { createReferenceMlp } from './mlp.ts'

/**
 * @param fit how to train; without it the network only predicts
 * @param rows the data set that `trainStep` takes its batches from
 */
export function createReferenceNetwork(
  shape: NetworkShape,
  fit?: FitSettings,
  rows?: Rows,
): Network {
  if (shape.kind === 'mlp') return createReferenceMlp(shape, fit, rows)
  throw new KtrdrError('NOT_YET_SUPPORTED', `There is no ${shape.kind} network yet.`)
}
