// Forward return: what holding for `horizon` bars would have brought, (C_{t+h} − C_t) / C_t. The last `horizon` bars
// have no label.

import type { Labels } from './label.ts'

/** @param horizon bars, at least 1 */
export function forwardReturnLabels(close: Float64Array, horizon: number): Labels {
  const values = new Float64Array(close.length).fill(NaN)
  const endBar = new Int32Array(close.length).fill(-1)
  for (let t = 0; t + horizon < close.length; t++) {
    values[t] = (close[t + horizon]! - close[t]!) / close[t]!
    endBar[t] = t + horizon
  }
  return { classes: [], values, endBar, weights: null }
}
