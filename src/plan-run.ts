// A dry run: the job loads its inputs, says what it would do, and is forgotten.

import type { Json } from './core/hash.ts'
import type { RunSettings } from './operations/run-settings.ts'

/** What a dry run says. */
export type Plan = {
  readonly type: string
  readonly name: string
  readonly headline: readonly (readonly [string, string])[]
  readonly warnings: readonly string[]
  readonly settings: Json
  readonly saving: RunSettings
}

/** @throws what loading throws */
export async function planRun(type: string, request: Json, saving: RunSettings): Promise<Plan> {
  const [{ findJob }, { openKernel }] = await Promise.all([
    import('./jobs/catalog.ts'),
    import('./open-kernel.ts'),
  ])
  const job = await findJob(type)
  const resources = { threads: 1, cores: 1, kernel: openKernel, startThread: () => {} }
  const { name, headline, warnings, settings } = await job.load(request, resources)
  return { type, name, headline, warnings, settings, saving }
}
