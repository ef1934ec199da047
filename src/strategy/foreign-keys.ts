// Keys that people carry over from other versions and other libraries, and what to write instead. They are not read as
// that, because their values may mean something else; each is an error that says so.

import { isMapping } from './plain-value.ts'
import { error } from './problems.ts'
import type { Finding, Path } from './problems.ts'

/** Hyper-parameters by other names. */
export const OTHER_HYPER_PARAMETERS: Readonly<Record<string, string>> = {
  clip_grad_norm: 'gradient_clip',
  gradient_clipping: 'gradient_clip',
  l2_regularization: 'weight_decay',
  loss_function: 'loss',
  lr: 'learning_rate',
  max_epochs: 'epochs',
  max_grad_norm: 'gradient_clip',
  num_epochs: 'epochs',
  scheduler: 'lr_scheduler',
}

export type ForeignKey = {
  /** The key of the same mapping that is meant. */
  readonly meant: string
  readonly remedy: string
}

/** How an unknown key of the mapping at `path` is called here. */
export function foreignKey(path: Path, key: string): ForeignKey | undefined {
  const section = path.join('.')
  if (section === 'decisions' && key === 'thresholds')
    return {
      meant: 'confidence_threshold',
      remedy: 'write for example confidence_threshold: 0.6, which holds for BUY and for SELL alike',
    }
  if (section !== 'training' || !Object.hasOwn(OTHER_HYPER_PARAMETERS, key)) return undefined
  const meant = OTHER_HYPER_PARAMETERS[key]!
  return { meant, remedy: `did you mean "${meant}"?` }
}

/** What stands in the fuzzy set of an older version and is no membership. */
export function checkLeftover(path: Path, value: unknown, owner: object): Finding | undefined {
  const [section, , key] = path
  if (section !== 'fuzzy_sets' || path.length !== 3) return undefined
  if (key === 'input_transform' && isMapping(value) && !Object.hasOwn(value, 'parameters'))
    return error(path, NO_TRANSFORM, OTHER_THAN_TRANSFORM, { atKey: true })
  if (key === 'output' && typeof value === 'string')
    return error(path, 'is not a key of a fuzzy set', dotted(owner, value), { atKey: true })
  return undefined
}

const NO_TRANSFORM =
  'there is no input_transform: a fuzzy set judges the values of its indicator as they are'

const OTHER_THAN_TRANSFORM =
  'let it judge an indicator that is a ratio already, such as {type: distancefromma, period: 20}, or give the network the value itself by raw_indicator in nn_inputs'

function dotted(owner: object, output: string): string {
  const indicator = 'indicator' in owner ? owner.indicator : undefined
  const id = typeof indicator === 'string' ? indicator.split('.', 1)[0]! : 'macd_12_26'
  return `write indicator: ${id}.${output}`
}
