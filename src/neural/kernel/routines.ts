// The kernel's routines as JavaScript calls them. Parameters and shapes: the headers of routines/*.ts.

import type { Activation } from '../network.ts'

type SoftActivation = Exclude<Activation, 'relu'>

export type RoutineName =
  | 'gather'
  | 'gather_targets'
  | 'product'
  | 'product_add'
  | 'product_from'
  | `product_${'bias' | 'relu' | 'dropout' | 'mask'}`
  | `vector_product_${'bias' | 'relu' | 'from'}`
  | `${'activate' | 'derive'}_${SoftActivation}${'' | '_dropout'}`
  | 'dropout'
  | 'vector_sum'
  | 'cross_entropy'
  | 'focal'
  | 'mse'
  | 'huber'
  | 'weight_gradient'
  | 'column_sum'
  | 'row_squares'
  | `${'adam' | 'sgd' | 'rmsprop'}${'' | '_l2'}`
  | 'scale'
  | 'transpose'
  | `${'lstm' | 'gru'}_${'forward' | 'backward'}`

/** Numbers in, a number or nothing out; addresses are unsigned 32-bit. */
export type Routine = (...operands: number[]) => number

export type Routines = Readonly<Record<RoutineName, Routine>>

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Routines {
  const { exports } = new WebAssembly.Instance(module, { kernel: { memory } })
  // A copy: the exports themselves are an object whose properties V8 looks up slowly.
  return { ...(exports as Routines) }
}
