// The compiled kernel of this thread, as fast as this Node can run it. From its sources ktrdr emits the module in
// memory; a bundle has the bytes beside it.

import { compileKernel } from './neural/kernel/compile.ts'
import { kernelModuleBytes } from './neural/kernel/module.ts'
import { enableWideSimd } from './runtime/wide-simd.ts'
import { readAsset, where } from './runtime/where.ts'

/** File of a module in a bundle. */
export function kernelFile(wide: boolean): string {
  return wide ? 'kernel-wide.wasm' : 'kernel-narrow.wasm'
}

let module: WebAssembly.Module | undefined

export function openKernel(): WebAssembly.Module {
  module ??= compileKernel(
    where === 'source' ? kernelModuleBytes : (wide) => readAsset(kernelFile(wide)),
    enableWideSimd(),
  )
  return module
}
