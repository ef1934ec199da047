// How long `models list` looks at many models: node scripts/node.mjs bench/models/list.ts [MODELS]

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stageBundle, publishBundle } from '../../src/checkpoint/publish-bundle.ts'
import { listModels, MODEL_SORTS } from '../../src/list-models.ts'
import { manifestJson, METRICS_FILE } from '../../src/models/model.ts'
import { inTransaction } from '../../src/store/database.ts'
import { MANIFEST, METRICS } from '../../test/support/temp-model.ts'
import { ID, startOne, storeIn } from '../../test/support/temp-store.ts'

const RUNS = 7
const count = Number(process.argv[2] ?? 1000)
const root = mkdtempSync(join(tmpdir(), 'ktrdr-bench-'))
try {
  const store = storeIn(root)
  startOne(store.db)
  for (let i = 0; i < count; i++) {
    const files = { [METRICS_FILE]: JSON.stringify({ ...METRICS, bestValLoss: 1 / (i + 1) }) }
    const bundle = {
      kind: 'model' as const,
      name: `strategy-${i % 20}`,
      variant: 'SPY_1d',
      manifest: manifestJson(MANIFEST),
      files,
    }
    const staged = stageBundle(store.layout, ID, bundle, {})
    inTransaction(store.db, () => publishBundle(store.db, store.layout, ID, staged, i))
  }
  for (const sort of MODEL_SORTS)
    for (const limit of [undefined, 20]) {
      const times = Array.from({ length: RUNS }, () => {
        const before = performance.now()
        listModels(store, count, { sort, limit })
        return performance.now() - before
      }).toSorted((a, b) => a - b)
      const median = times[Math.floor(RUNS / 2)]!
      console.log(
        `${count} models, --sort ${sort}${limit ? ` --limit ${limit}` : ''}: ${median.toFixed(1)} ms`,
      )
    }
  store.db.close()
} finally {
  rmSync(root, { recursive: true, force: true })
}
