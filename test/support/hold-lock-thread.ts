// A thread that takes a lock and keeps it until it is terminated.

import { parentPort, workerData } from 'node:worker_threads'
import { tryLock } from '../../src/store/owner-lock.ts'

const { locks, id } = workerData as { locks: string; id: string }
parentPort!.postMessage(tryLock(locks, id) ? 'held' : 'refused')
setInterval(() => {}, 1000)
