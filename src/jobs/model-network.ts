// The network of a trained model, ready to predict.

import type { Model } from '../models/load-model.ts'
import { createKernelNetwork } from '../neural/kernel/network.ts'
import type { Network } from '../neural/network.ts'
import { withPauses } from '../neural/with-pauses.ts'
import { predictingEngine } from './engine.ts'
import type { Resources } from './job.ts'

export function networkOf({ manifest, weights }: Model, resources: Resources): Network {
  const network = createKernelNetwork(predictingEngine(resources), manifest.network)
  network.write({ weights, slots: {} })
  return withPauses(network, resources.breathe ?? (() => {}))
}
