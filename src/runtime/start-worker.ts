// Starts a worker thread. There is one entry (src/worker.ts); `workerData.role` says what the thread is to be.

import { join } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { home, sea, where } from './where.ts'

export function startWorker(options: WorkerOptions): Worker {
  if (sea) return new Worker(sea.getAsset('worker.cjs', 'utf8'), { ...options, eval: true })
  return new Worker(join(home, where === 'source' ? 'src/worker.ts' : 'worker.cjs'), options)
}
