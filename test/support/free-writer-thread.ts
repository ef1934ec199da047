// A writer that is busy for a while.

import { workerData } from 'node:worker_threads'
import { setWriterBusy, type Control } from '../../src/runner/control.ts'

const { control, ms } = workerData as { control: Control; ms: number }
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
setWriterBusy(control, false)
