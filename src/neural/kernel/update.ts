// From gradients to weights: the optimizer on a few panels of a parameter, and the norm of the gradient.

import type { FitSettings } from '../network.ts'
import { l2Factor } from '../optimizer.ts'
import { lanesOf, type StoredParameter } from './parameters.ts'
import { STEP, type Plan } from './plan.ts'
import type { Routines } from './routines.ts'
import { BLOCK_BYTES, ROW_BYTES } from './routines/tile.ts'

export type Updater = {
  /**
   * One optimizer step on `width` panels, and their transposed copy.
   * @param gradient address of their gradient
   * @param scale that it is multiplied by
   */
  readonly update: (
    parameter: StoredParameter,
    panel: number,
    width: number,
    gradient: number,
    scale: number,
  ) => void
  /** Notes the sums of squares of `width` panels of a gradient. */
  readonly square: (
    parameter: StoredParameter,
    panel: number,
    width: number,
    gradient: number,
  ) => void
  /** Forgets what `update` saw of gradients that are not finite. */
  readonly reset: () => void
}

export function createUpdater(
  routines: Routines,
  floats: Float32Array,
  plan: Plan,
  fit: FitSettings,
  thread: number,
): Updater {
  const isClipped = fit.clipNorm !== null
  const optimize = optimizerRoutine(routines, fit)
  const numbers = plan.step + STEP.numbers * 4
  const overflow = plan.overflows[thread]! / 4

  const square: Updater['square'] = ({ inputs, panelBytes, squares }, panel, width, gradient) => {
    routines.row_squares(
      gradient,
      panelBytes,
      inputs * ROW_BYTES,
      width,
      squares + panel * ROW_BYTES,
    )
  }

  /** Only a gradient with a huge element can have a norm that is not finite; this looks closely. */
  function noteOverflow(
    parameter: StoredParameter,
    panel: number,
    width: number,
    gradient: number,
  ) {
    square(parameter, panel, width, gradient)
    for (let i = panel; i < panel + width; i++) {
      const first = parameter.squares / 4 + i * 8
      for (let lane = 0; lane < lanesOf(parameter, i); lane++) {
        const sum = floats[first + lane]!
        if (!Number.isFinite(sum)) floats[overflow]! += sum
      }
    }
  }

  return {
    square,
    update: (parameter, panel, width, gradient, scale) => {
      const { at, panelBytes, first, second, transposed, transposedStride } = parameter
      const offset = panel * panelBytes
      const bytes = width * panelBytes
      const end = at + offset + bytes
      if (scale !== 1) routines.scale(gradient, gradient + bytes, scale)
      const isHuge = optimize(at + offset, end, gradient, first + offset, second + offset, numbers)
      if (isHuge && !isClipped) noteOverflow(parameter, panel, width, gradient)
      if (transposed === 0) return
      const to = transposed + panel * BLOCK_BYTES
      routines.transpose(at + offset, panelBytes, width, to, transposedStride)
    },
    reset: () => {
      floats[overflow] = 0
    },
  }
}

function optimizerRoutine(routines: Routines, { optimizer }: FitSettings): Routines['adam'] {
  const kind = optimizer.kind === 'adamw' ? 'adam' : optimizer.kind
  return l2Factor(optimizer) === 0 ? routines[kind] : routines[`${kind}_l2`]
}

/** The norm of a gradient whose sums of squares are all noted, as gradientNorm of the reference. */
export function notedNorm(floats: Float32Array, parameters: readonly StoredParameter[]): number {
  let total = 0
  for (const { squares, panels, gatePanels, gateOutputs } of parameters) {
    for (let gate = 0; gate < panels; gate += gatePanels) {
      const first = squares / 4 + gate * 8
      for (let i = first; i < first + gateOutputs; i++) total += floats[i]!
    }
  }
  return Math.fround(Math.sqrt(total))
}

/** 0, or a sum of squares that is not finite: then neither is the norm. */
export function notedOverflow(floats: Float32Array, { overflows }: Plan): number {
  return overflows.reduce((sum, at) => sum + floats[at / 4]!, 0)
}
