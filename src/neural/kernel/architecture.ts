// What differs between the architectures: where a batch lives, the phases of a step, the forward pass.

import type { FitSettings } from '../network.ts'
import { placeMlpBatch } from './mlp-batch.ts'
import { createMlpPredict, type Predict } from './mlp-predict.ts'
import { createMlpPhases } from './mlp.ts'
import type { BatchPlace, Phases } from './phases.ts'
import type { Plan } from './plan.ts'
import { placeRecurrentBatch } from './recurrent-batch.ts'
import { createRecurrentPredict } from './recurrent-predict.ts'
import { createRecurrentPhases } from './recurrent.ts'
import type { Routines } from './routines.ts'

export function placeBatch(plan: Plan, capacity: number): BatchPlace {
  const { shape } = plan
  return shape.kind === 'mlp'
    ? placeMlpBatch(plan, shape, capacity)
    : placeRecurrentBatch(plan, shape, capacity)
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
