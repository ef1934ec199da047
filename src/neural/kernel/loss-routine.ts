// The loss of a network as one call of a routine for the rows [from, until) of a batch.

import type { LossSettings } from '../network.ts'
import type { Routines } from './routines.ts'

const f = Math.fround

/** Addresses of one word a row, and of the outputs, which the gradient replaces. */
export type LossPlace = {
  readonly outputs: number
  readonly stride: number
  readonly targets: number
  readonly weights: number
  readonly values: number
  readonly hits: number
}

export type LossRoutine = (place: LossPlace, from: number, until: number, share: number) => void

/** @param scratch 16 bytes a class */
export function lossRoutine(
  routines: Routines,
  settings: LossSettings,
  classes: number,
  scratch: number,
): LossRoutine {
  switch (settings.kind) {
    case 'cross_entropy':
      return ({ outputs, stride, targets, weights, values, hits }, from, until, share) =>
        routines.cross_entropy(
          outputs,
          from,
          until,
          targets,
          weights,
          values,
          hits,
          share,
          stride,
          classes,
          scratch,
        )
    case 'focal': {
      const gamma = f(settings.gamma)
      const gammaLess1 = f(settings.gamma - 1)
      return ({ outputs, stride, targets, weights, values, hits }, from, until, share) =>
        routines.focal(
          outputs,
          from,
          until,
          targets,
          weights,
          values,
          hits,
          share,
          stride,
          classes,
          scratch,
          gamma,
          gammaLess1,
        )
    }
    case 'huber': {
      const delta = f(settings.delta)
      return ({ outputs, targets, weights, values, hits }, from, until, share) =>
        routines.huber(outputs, from, until, targets, weights, values, hits, share, delta)
    }
    case 'mse':
      return ({ outputs, targets, weights, values, hits }, from, until, share) =>
        routines.mse(outputs, from, until, targets, weights, values, hits, share)
  }
}
