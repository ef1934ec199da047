// The parameters of a network with what belongs to each: its gradient and what the optimizer keeps for it.

import { expectTensor } from '../expect-tensor.ts'
import { initialWeights } from '../initialise.ts'
import type { FitSettings, NetworkShape, NetworkState } from '../network.ts'
import { slotNames } from '../optimizer.ts'

export type Parameter = {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
  readonly gradient: Float32Array
  readonly slots: Readonly<Record<string, Float32Array>>
  /** Elements that belong to one output unit: the inputs of a matrix, 1 for a bias. */
  readonly rowLength: number
}

/** By name, input side first. */
export type Parameters = ReadonlyMap<string, Parameter>

/** Parameters with their initial values; those of a network that only predicts have no slots. */
export function createParameters(shape: NetworkShape, fit: FitSettings | undefined): Parameters {
  const slots = fit ? slotNames(fit.optimizer.kind) : []
  return new Map(
    Object.entries(initialWeights(shape, fit?.seed ?? 0)).map(([name, { tensor, shape: size }]) => {
      const zeros = (): Float32Array => new Float32Array(tensor.length)
      const parameter: Parameter = {
        name,
        shape: size,
        data: tensor,
        gradient: zeros(),
        slots: Object.fromEntries(slots.map((slot) => [slot, zeros()])),
        rowLength: size[1] ?? 1,
      }
      return [name, parameter]
    }),
  )
}

export function readState(parameters: Parameters): NetworkState {
  const all = [...parameters.values()]
  const weights = all.map(({ name, shape, data }) => [name, { tensor: data, shape }] as const)
  const slots = all.flatMap(({ name, shape, slots: kept }) =>
    Object.entries(kept).map(([slot, tensor]) => [`${name}.${slot}`, { tensor, shape }] as const),
  )
  return { weights: Object.fromEntries(weights), slots: Object.fromEntries(slots) }
}

export function writeState(parameters: Parameters, state: NetworkState): void {
  // All are found before any is written: a state that is refused changes nothing.
  const found = [...parameters.values()].flatMap(({ name, data, slots }) => [
    { target: data, values: expectTensor(state.weights, name, data.length) },
    ...Object.entries(slots).map(([slot, target]) => ({
      target,
      values: expectTensor(state.slots, `${name}.${slot}`, target.length),
    })),
  ])
  for (const { target, values } of found) target.set(values)
}
