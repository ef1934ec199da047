// A thread that opens a database at the same moment as its siblings, writes one row and says what it saw.

import { parentPort, workerData } from 'node:worker_threads'
import { inTransaction, openDatabase } from '../../src/store/database.ts'
import { setLastSeq } from '../../src/store/operation-table.ts'

const { path, gate } = workerData as { path: string; gate: Int32Array<SharedArrayBuffer> }
parentPort!.postMessage('here')
Atomics.wait(gate, 0, 0)
const db = openDatabase(path)
inTransaction(db, () => setLastSeq(db, 'none', 0))
parentPort!.postMessage({
  version: db.pragma('user_version', { simple: true }),
  mode: db.pragma('journal_mode', { simple: true }),
})
db.close()
