// What differs between the architectures: the phases of a step, the forward pass.

import { gateCount, layerSizes } from '../initialise.ts'
import type { FitSettings, NetworkShape } from '../network.ts'
import { paddedRows, panelsOf } from './memory.ts'
import { createMlpPredict, type Predict } from './mlp-predict.ts'
import { createMlpPhases } from './mlp.ts'
import type { Phases } from './phases.ts'
import type { Plan } from './plan.ts'
import { createRecurrentPredict } from './recurrent-predict.ts'
import { createRecurrentPhases } from './recurrent.ts'
import type { Routines } from './routines.ts'

/** Shares that a step on at most `samples` different samples has in the phase with most of them. */
export function mostShares(shape: NetworkShape, samples: number): number {
  const pairs = (panels: number): number => Math.ceil(panels / 2)
  const ofUnits =
    shape.kind === 'mlp'
      ? layerSizes(shape).reduce((sum, { outputs }) => sum + pairs(panelsOf(outputs)), 0)
      : pairs(Math.max(gateCount(shape) * panelsOf(shape.hiddenSize), panelsOf(shape.outputs)))
  return Math.max(ofUnits, paddedRows(samples) / 4)
}

export function createPhases(
  routines: Routines,
  memory: WebAssembly.Memory,
  plan: Plan,
  fit: FitSettings,
  thread: number,
): Phases {
  const { shape } = plan
  return shape.kind === 'mlp'
    ? createMlpPhases(routines, memory, plan, shape, fit, thread)
    : createRecurrentPhases(routines, memory, plan, shape, fit, thread)
}

export function createPredict(routines: Routines, memory: WebAssembly.Memory, plan: Plan): Predict {
  const { shape } = plan
  return shape.kind === 'mlp'
    ? createMlpPredict(routines, memory, plan, shape)
    : createRecurrentPredict(routines, memory, plan, shape)
}
