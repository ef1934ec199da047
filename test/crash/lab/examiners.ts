// Examiners at work: as many processes as there are cores, each busy with one data directory at a time.

import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Finding, Question } from './examine.ts'

export type Examiners = {
  readonly count: number
  readonly examine: (question: Question) => Promise<Finding>
  readonly dismiss: () => void
}

export function hireExaminers(): Examiners {
  const count = Math.min(2, availableParallelism())
  const entry = join(import.meta.dirname, 'examiner-process.ts')
  const { KTRDR_FAULT: _, NODE_OPTIONS: __, ...env } = process.env
  const all = Array.from({ length: count }, () => fork(entry, { env, execArgv: [] }))
  const free = [...all]
  const waiting: ((examiner: ChildProcess) => void)[] = []
  const next = async (): Promise<ChildProcess> =>
    free.pop() ?? new Promise((resolve) => waiting.push(resolve))

  return {
    count,
    examine: async (question) => {
      const examiner = await next()
      try {
        return await askOne(examiner, question)
      } finally {
        const first = waiting.shift()
        if (first) first(examiner)
        else free.push(examiner)
      }
    },
    dismiss: () => {
      for (const examiner of all) examiner.disconnect()
    },
  }
}

function askOne(examiner: ChildProcess, question: Question): Promise<Finding> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null): void => reject(new Error(`an examiner died (${code})`))
    examiner.once('exit', died)
    examiner.once('message', (finding) => {
      examiner.off('exit', died)
      resolve(finding as Finding)
    })
    examiner.send(question)
  })
}
