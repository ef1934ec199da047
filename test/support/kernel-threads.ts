// Real threads for kernel networks in tests and scripts: workers that serve one network after another, because
// starting them takes longer than a small training.

import { Worker } from 'node:worker_threads'
import type { KernelEngine } from '../../src/neural/kernel/network.ts'

export type KernelThreads = {
  /** Close its network before the next one takes a step. */
  readonly engine: KernelEngine
  readonly end: () => Promise<void>
}

export function startKernelThreads(module: WebAssembly.Module, threads: number): KernelThreads {
  const file = new URL('kernel-helper-thread.ts', import.meta.url)
  const helpers = Array.from({ length: threads - 1 }, () => new Worker(file))
  return {
    engine: {
      module,
      threads,
      startThread: (data) => helpers[data.thread - 1]!.postMessage(data),
    },
    end: async () => {
      await Promise.all(helpers.map((helper) => helper.terminate()))
    },
  }
}
