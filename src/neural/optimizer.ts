// What both engines know of an optimizer: the slots it keeps and the numbers of a step, worked out in float64 and
// rounded once. Formulas and defaults as torch.optim; weight decay of `adam`, `sgd` and `rmsprop` is L2 (added to
// the gradient), of `adamw` decoupled (Loshchilov & Hutter 2019).

import type { OptimizerSettings } from './network.ts'

const f = Math.fround

const BETA_1 = 0.9
const BETA_2 = 0.999
const EPSILON = f(1e-8)
const RMS_ALPHA = 0.99

/**
 * A number that a slot keeps is set to 0 when it is smaller: it moves no weight, and what remains of a unit without
 * gradient would decay to subnormal numbers, which processors handle a hundred times slower, and stay there.
 */
export const SLOT_FLOOR = f(1 / 0x80000000 / 0x80000000 / 0x80000000) // 2⁻⁹³

type Settings<Kind> = Extract<OptimizerSettings, { readonly kind: Kind }>

/** Names of the slots that an optimizer keeps beside each weight, all zero before the first step. */
export function slotNames(kind: OptimizerSettings['kind']): readonly string[] {
  switch (kind) {
    case 'adam':
    case 'adamw':
      return ['m', 'v']
    case 'sgd':
      return ['momentum']
    case 'rmsprop':
      return ['squares']
  }
}

/**
 * βᵗ by repeated squaring in float64: a pure function of t, without Math.pow, whose bits are not specified.
 * @param t below 2³²
 */
function betaPower(beta: number, t: number): number {
  let power = 1
  for (let square = beta, rest = t; rest !== 0; rest >>>= 1) {
    if ((rest & 1) === 1) power *= square
    square *= square
  }
  return power
}

/** Factor of the weight that is added to its gradient; 0 = nothing is added. */
export function l2Factor({ kind, weightDecay }: OptimizerSettings): number {
  return kind === 'adamw' ? 0 : f(weightDecay)
}

export type AdamNumbers = {
  readonly b1: number
  readonly c1: number
  readonly b2: number
  readonly c2: number
  readonly stepSize: number
  readonly vScale: number
  readonly epsilon: number
  /** What decoupled decay leaves of a weight. */
  readonly keep: number
}

export function adamNumbers(
  { kind, weightDecay }: Settings<'adam' | 'adamw'>,
  step: number,
  learningRate: number,
): AdamNumbers {
  return {
    b1: f(BETA_1),
    c1: f(1 - BETA_1),
    b2: f(BETA_2),
    c2: f(1 - BETA_2),
    stepSize: f(learningRate / (1 - betaPower(BETA_1, step))),
    vScale: f(1 / Math.sqrt(1 - betaPower(BETA_2, step))),
    epsilon: EPSILON,
    keep: kind === 'adamw' ? f(1 - learningRate * weightDecay) : 1,
  }
}

export type SgdNumbers = { readonly rate: number; readonly mu: number }

export function sgdNumbers({ momentum }: Settings<'sgd'>, learningRate: number): SgdNumbers {
  return { rate: f(learningRate), mu: f(momentum) }
}

export type RmspropNumbers = {
  readonly rate: number
  readonly alpha: number
  readonly rest: number
  readonly epsilon: number
}

export function rmspropNumbers(learningRate: number): RmspropNumbers {
  return { rate: f(learningRate), alpha: f(RMS_ALPHA), rest: f(1 - RMS_ALPHA), epsilon: EPSILON }
}

/** What a gradient of the global L2 norm `norm` is multiplied by (torch.nn.utils.clip_grad_norm_); 1 = as it is. */
export function clipScale(norm: number, maxNorm: number): number {
  const scale = f(f(maxNorm) / f(norm + f(1e-6)))
  return scale >= 1 ? 1 : scale
}
