// The kernel's routines as JavaScript calls them. Parameters and shapes: the headers of routines/*.ts.

import type { SoftActivation } from '../network.ts'

export type RoutineName =
  | 'write_constants'
  | 'gather'
  | 'gather_targets'
  | 'product'
  | 'product_onto'
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
  | 'softmax'
  | 'weight_gradient'
  | 'column_sum'
  | 'row_squares'
  | `${'adam' | 'sgd' | 'rmsprop'}${'' | '_l2'}`
  | 'scale'
  | 'transpose'
  | `${'lstm' | 'gru'}_${'states' | 'forward' | 'backward'}`

/** How many operands each takes: a call with another number of them does not compile. */
export const OPERANDS = {
  write_constants: 0,
  gather: 9,
  gather_targets: 7,
  product: 10,
  product_onto: 12,
  product_from: 15,
  product_bias: 11,
  product_relu: 11,
  product_dropout: 16,
  product_mask: 12,
  vector_product_bias: 7,
  vector_product_relu: 7,
  vector_product_from: 7,
  activate_leaky_relu: 6,
  activate_leaky_relu_dropout: 11,
  derive_leaky_relu: 6,
  derive_leaky_relu_dropout: 11,
  activate_tanh: 6,
  activate_tanh_dropout: 11,
  derive_tanh: 6,
  derive_tanh_dropout: 11,
  activate_sigmoid: 6,
  activate_sigmoid_dropout: 11,
  derive_sigmoid: 6,
  derive_sigmoid_dropout: 11,
  dropout: 11,
  vector_sum: 4,
  cross_entropy: 11,
  focal: 13,
  mse: 8,
  huber: 9,
  softmax: 5,
  weight_gradient: 10,
  column_sum: 6,
  row_squares: 5,
  adam: 6,
  adam_l2: 6,
  sgd: 6,
  sgd_l2: 6,
  rmsprop: 6,
  rmsprop_l2: 6,
  scale: 3,
  transpose: 5,
  lstm_states: 8,
  lstm_forward: 10,
  lstm_backward: 11,
  gru_states: 8,
  gru_forward: 9,
  gru_backward: 10,
} as const satisfies Readonly<Record<RoutineName, number>>

type Numbers<Count extends number, List extends number[] = []> = List['length'] extends Count
  ? List
  : Numbers<Count, [...List, number]>

/** Numbers in, a number or nothing out; addresses are unsigned 32-bit. */
export type Routine<Count extends number> = (...operands: Numbers<Count>) => number

export type Routines = { readonly [Name in RoutineName]: Routine<(typeof OPERANDS)[Name]> }

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Routines {
  const { exports } = new WebAssembly.Instance(module, { kernel: { memory } })
  // A copy: the exports themselves are an object whose properties V8 looks up slowly.
  return { ...(exports as Routines) }
}
