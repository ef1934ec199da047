// The engines of ktrdr that can be measured.

import { createReferenceNetwork } from '../../src/neural/reference/network.ts'
import type { CreateNetwork } from './work.ts'

export const ENGINES = ['kernel', 'reference'] as const
export type EngineName = (typeof ENGINES)[number]

export function openEngine(name: EngineName, threads: number): CreateNetwork {
  if (name === 'reference') return createReferenceNetwork
  throw new Error(`There is no ${name} engine with ${threads} threads yet.`)
}
