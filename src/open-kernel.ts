// The compiled kernel of this thread, as fast as this Node can run it.

import { compileKernel } from './neural/kernel/compile.ts'
import { enableWideSimd } from './runtime/wide-simd.ts'

let module: WebAssembly.Module | undefined

export function openKernel(): WebAssembly.Module {
  module ??= compileKernel(enableWideSimd())
  return module
}
