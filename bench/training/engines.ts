// The engines of ktrdr that can be measured.

import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { kernelModuleBytes } from '../../src/neural/kernel/module.ts'
import { createKernelNetwork, type KernelEngine } from '../../src/neural/kernel/network.ts'
import { abortKernel, type KernelThreadData } from '../../src/neural/kernel/thread.ts'
import { createReferenceNetwork } from '../../src/neural/reference/network.ts'
import type { CreateNetwork } from './work.ts'

export const ENGINES = ['kernel', 'narrow-kernel', 'reference'] as const
export type EngineName = (typeof ENGINES)[number]

/** `narrow-kernel` is the kernel without V8's 256-bit vectors: the speed of another processor or V8, the same bits. */
export function openEngine(name: EngineName, threads: number): CreateNetwork {
  if (name === 'reference') return createReferenceNetwork
  const module = compiledKernel(name === 'kernel')
  const engine: KernelEngine = { module, threads, startThread }
  return (...asked) => createKernelNetwork(engine, ...asked)
}

export function compiledKernel(wide: boolean): WebAssembly.Module {
  const isWide = wide && process.arch === 'x64'
  if (isWide) setFlagsFromString('--experimental-wasm-revectorize')
  return new WebAssembly.Module(new Uint8Array(kernelModuleBytes(isWide)))
}

function startThread(data: KernelThreadData): void {
  const worker = new Worker(new URL('kernel-thread.ts', import.meta.url), { workerData: data })
  worker.on('error', (error) => {
    abortKernel(data)
    throw error
  })
}
