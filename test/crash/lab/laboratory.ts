// What an experiment needs: the runs that it breaks, and those who look at what is left of them.

import { hireExaminers, type Examiners } from './examiners.ts'
import { makeWorkloads, type Workloads } from './workload.ts'

export type Laboratory = {
  /** Everything of this laboratory lies below it. */
  readonly directory: string
  readonly of: Workloads['of']
  readonly examiners: Examiners
  /** `beforeAll` takes it as its return value. */
  readonly close: () => void
}

export async function openLaboratory(): Promise<Laboratory> {
  const { directory, of, remove } = await makeWorkloads()
  const examiners = hireExaminers()
  const close = (): void => {
    examiners.dismiss()
    remove()
  }
  return { directory, of, examiners, close }
}
