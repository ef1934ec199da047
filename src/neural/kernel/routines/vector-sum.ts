// out = a + b for two lists of floats of whole panels: the bias of LSTM gates is b_ih + b_hh, rounded.

import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32, v128 } from '../../../wasm/values.ts'

export function defineVectorSum(module: ModuleBuilder): void {
  const parameters = { a: 'i32', aEnd: 'i32', b: 'i32', out: 'i32' } as const
  module.define('vector_sum', parameters, (f, { a, aEnd, b, out }) => {
    f.loopWhile(
      () => i32.lessThan(a, aEnd),
      () => {
        f.store(out, f32x4.add(v128.load(a), v128.load(b)))
        for (const pointer of [a, b, out]) f.increase(pointer, 16)
      },
    )
  })
}
