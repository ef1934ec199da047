// Parameters in the kernel's memory. A matrix [outputs, inputs] is panels of 8 outputs with one row an input; a bias
// is a matrix of one row; each gate of a recurrent cell begins with a panel of its own. Slots have the layout of what
// they belong to. Padding is 0 and stays 0: its gradient is 0 (columns, because the weights that would feed it are 0;
// rows, because weight_gradient sets them).

import { expectTensor } from '../expect-tensor.ts'
import { gateCount, parameterSpecs } from '../initialise.ts'
import type { FitSettings, NetworkShape, NetworkState } from '../network.ts'
import { slotNames } from '../optimizer.ts'
import type { Tensor } from '../../core/snapshot.ts'
import { panelsOf, roundUp, type Allocator } from './memory.ts'
import { BLOCK_BYTES, PANEL_COLUMNS, ROW_BYTES } from './routines/tile.ts'

export type StoredParameter = {
  readonly name: string
  readonly shape: readonly number[]
  readonly inputs: number
  readonly outputs: number
  /** Of one gate; what is no gate is one gate. */
  readonly gateOutputs: number
  readonly gatePanels: number
  readonly panels: number
  readonly panelBytes: number
  readonly at: number
  /** Slots of the optimizer; 0 = there is none. */
  readonly first: number
  readonly second: number
  readonly slotNames: readonly string[]
  /** The transposed weights, panels of 8 inputs; 0 = not needed. */
  readonly transposed: number
  readonly transposedStride: number
  /** The whole gradient, where it must outlive its phase; 0 = it need not. */
  readonly gradient: number
  /** Sums of squares of the gradient, one an output. */
  readonly squares: number
}

type Needs = {
  readonly fit: FitSettings | null
  /** Names of the matrices that a backward pass multiplies by. */
  readonly transposed: ReadonlySet<string>
  readonly keepGradient: boolean
}

/** Places every parameter of a network, in the order of its specification. */
export function placeParameters(
  shape: NetworkShape,
  { fit, transposed, keepGradient }: Needs,
  { take }: Allocator,
): StoredParameter[] {
  const slots = fit ? slotNames(fit.optimizer.kind) : []
  return parameterSpecs(shape).map(({ name, shape: dimensions }) => {
    const [outputs = 0, inputs = 1] = dimensions
    const gates = shape.kind !== 'mlp' && name.startsWith(`${shape.kind}.`) ? gateCount(shape) : 1
    const gateOutputs = outputs / gates
    const gatePanels = panelsOf(gateOutputs)
    const panels = gates * gatePanels
    const panelBytes = (dimensions.length === 1 ? 1 : roundUp(inputs, PANEL_COLUMNS)) * ROW_BYTES
    const bytes = panels * panelBytes
    const isTransposed = fit !== null && transposed.has(name)
    return {
      name,
      shape: dimensions,
      inputs,
      outputs,
      gateOutputs,
      gatePanels,
      panels,
      panelBytes,
      at: take(bytes),
      first: slots.length > 0 ? take(bytes) : 0,
      second: slots.length > 1 ? take(bytes) : 0,
      slotNames: slots,
      transposed: isTransposed ? take(panels * panelsOf(inputs) * BLOCK_BYTES) : 0,
      transposedStride: panels * BLOCK_BYTES,
      gradient: keepGradient ? take(bytes) : 0,
      squares: fit ? take(panels * ROW_BYTES) : 0,
    }
  })
}

/** From panels to rows. */
function readTensor(
  view: Float32Array,
  at: number,
  p: StoredParameter,
  tensor: Float32Array,
): void {
  const { inputs, panels, panelBytes } = p
  for (let panel = 0; panel < panels; panel++) {
    const lanes = lanesOf(p, panel)
    const start = (at + panel * panelBytes) / 4
    for (let lane = 0; lane < lanes; lane++) {
      const row = (firstOutput(p, panel) + lane) * inputs
      const from = start + lane
      for (let k = 0; k < inputs; k++) tensor[row + k] = view[from + k * 8]!
    }
  }
}

/** From rows to panels. */
function writeTensor(
  view: Float32Array,
  at: number,
  p: StoredParameter,
  tensor: Float32Array,
): void {
  const { inputs, panels, panelBytes } = p
  for (let panel = 0; panel < panels; panel++) {
    const lanes = lanesOf(p, panel)
    const start = (at + panel * panelBytes) / 4
    for (let lane = 0; lane < lanes; lane++) {
      const row = (firstOutput(p, panel) + lane) * inputs
      const to = start + lane
      for (let k = 0; k < inputs; k++) view[to + k * 8] = tensor[row + k]!
    }
  }
}

function firstOutput({ gateOutputs, gatePanels }: StoredParameter, panel: number): number {
  const gate = Math.floor(panel / gatePanels)
  return gate * gateOutputs + (panel - gate * gatePanels) * 8
}

/** Real outputs of a panel. */
export function lanesOf({ gateOutputs, gatePanels }: StoredParameter, panel: number): number {
  return Math.min(8, gateOutputs - (panel % gatePanels) * 8)
}

function slotsOf({ slotNames: names, first, second }: StoredParameter): [string, number][] {
  return names.map((name, i) => [name, i === 0 ? first : second])
}

/** Reads weights and slots, always into the same tensors: fresh ones would cost more than the reading. */
export function createReader(
  view: Float32Array,
  parameters: readonly StoredParameter[],
): () => NetworkState {
  let state: NetworkState | undefined
  return () => {
    state ??= emptyState(parameters)
    const { weights, slots } = state
    for (const p of parameters) {
      readTensor(view, p.at, p, weights[p.name]!.tensor)
      for (const [slot, at] of slotsOf(p))
        readTensor(view, at, p, slots[`${p.name}.${slot}`]!.tensor)
    }
    return state
  }
}

function emptyState(parameters: readonly StoredParameter[]): NetworkState {
  const empty = ({ inputs, outputs, shape }: StoredParameter): Tensor => ({
    tensor: new Float32Array(inputs * outputs),
    shape,
  })
  const slots = parameters.flatMap((p) =>
    slotsOf(p).map(([slot]) => [`${p.name}.${slot}`, empty(p)] as const),
  )
  return {
    weights: Object.fromEntries(parameters.map((p) => [p.name, empty(p)])),
    slots: Object.fromEntries(slots),
  }
}

/** Writes weights alone; the transposed weights must be made anew. */
export function writeWeights(
  view: Float32Array,
  parameters: readonly StoredParameter[],
  weights: NetworkState['weights'],
): void {
  for (const p of parameters)
    writeTensor(view, p.at, p, expectTensor(weights, p.name, p.outputs * p.inputs))
}

/** Writes weights and slots; the transposed weights must be made anew. */
export function writeParameters(
  view: Float32Array,
  parameters: readonly StoredParameter[],
  { weights, slots }: NetworkState,
): void {
  // All are found before any is written: a state that is refused changes nothing.
  const found = parameters.flatMap((p) => {
    const size = p.outputs * p.inputs
    const ofSlots = slotsOf(p).map(([slot, at]) => ({
      at,
      p,
      values: expectTensor(slots, `${p.name}.${slot}`, size),
    }))
    return [{ at: p.at, p, values: expectTensor(weights, p.name, size) }, ...ofSlots]
  })
  for (const { at, p, values } of found) writeTensor(view, at, p, values)
}
