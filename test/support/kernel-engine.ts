import type { Resources } from '../../src/jobs/job.ts'
import { kernelModuleBytes } from '../../src/neural/kernel/module.ts'
import type { KernelEngine } from '../../src/neural/kernel/network.ts'

const compiled = new Map<boolean, WebAssembly.Module>()

/** What a job in a test may use: one thread. */
export const ONE_THREAD: Resources = {
  threads: 1,
  cores: 1,
  kernel: () => kernelEngine().module,
  startThread: () => {},
}

/** The kernel on one thread. */
export function kernelEngine(wide = false): KernelEngine {
  const module = compiled.get(wide) ?? new WebAssembly.Module(kernelModuleBytes(wide))
  compiled.set(wide, module)
  return { module, threads: 1, startThread: () => {} }
}
