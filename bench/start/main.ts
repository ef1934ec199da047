// How long ktrdr takes to come to its work: processor time of whole processes (a busy machine leaves it alone more than
// the clock), and elapsed time, medians. Build first: npm run package
//
//   node scripts/node.mjs bench/start/main.ts [--rounds 15]

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { newOperationId } from '../../src/core/ids.ts'
import { shellWord } from '../../src/core/shell-word.ts'
import { inTransaction, openDatabase } from '../../src/store/database.ts'
import { endRunning } from '../../src/store/end-running.ts'
import { insertAttempt } from '../../src/store/attempt-table.ts'
import { insertOperation } from '../../src/store/operation-table.ts'

const OPERATIONS = 1000
const OVER = { code: 'BENCH', message: 'over', suggestions: [] }
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } })
const rounds = Number(values.rounds)
const dataDir = mkdtempSync(join(tmpdir(), 'ktrdr-start-'))

/** A store with so many operations, all of them over. */
function fillStore(): void {
  const db = openDatabase(join(dataDir, 'ktrdr.db'))
  inTransaction(db, () => {
    for (let i = 0; i < OPERATIONS; i++) {
      const createdAtMs = Date.UTC(2026, 0, 1) + i * 60_000
      const id = newOperationId('training', createdAtMs)
      insertOperation(db, {
        id,
        type: 'training',
        name: `strategy-${i % 10}`,
        settings: { strategy: 'pullback', epochs: 60 },
        fingerprints: {},
        policy: {},
        progress: {
          cursor: { unit: 'epoch', at: 29, of: 100, within: null },
          doneRatio: 0.29,
          metrics: { trainLoss: 0.28 },
        },
        createdAtMs,
      })
      insertAttempt(db, id, {
        pid: 1,
        host: 'bench',
        program: 'bench',
        overrides: {},
        resumedFrom: null,
        startedAtMs: createdAtMs,
      })
      endRunning(
        db,
        { operationId: id, generation: 1 },
        { status: 'failed', error: OVER, endedAtMs: createdAtMs + 1000 },
        'SIGINT',
      )
    }
  })
  db.close()
}

const PROGRAMS = {
  executable: ['dist/bin/ktrdr'],
  bundle: [process.execPath, 'dist/bundle/ktrdr.cjs'],
  sources: [process.execPath, 'bin/ktrdr.ts'],
}
const backtest = 'backtest examples/strategies/sma-cross.yaml --data examples/data/sp500-1d.csv'
const COMMANDS = ['--version', '--help', 'operations list', '__complete operations', backtest]

const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]!

/** Seconds of processor time and of the clock. */
function measure(command: string): [cpu: number, elapsed: number] {
  const timed = `TIMEFORMAT='%U %S %R'; time ${command} >/dev/null 2>&1`
  const { stderr } = spawnSync('bash', ['-c', timed], {
    env: { ...process.env, KTRDR_DATA_DIR: dataDir, XDG_CACHE_HOME: join(dataDir, 'cache') },
    encoding: 'utf8',
  })
  const [user = 0, system = 0, elapsed = 0] = stderr.trim().split(' ').map(Number)
  return [user + system, elapsed]
}

fillStore()
for (const command of COMMANDS)
  for (const [name, words] of Object.entries(PROGRAMS)) {
    const line = `${words.map(shellWord).join(' ')} ${command}`
    measure(line)
    const figures = Array.from({ length: rounds }, () => measure(line))
    const [cpu, elapsed] = [0, 1].map((i) =>
      Math.round(1000 * median(figures.map((one) => one[i]!))),
    )
    console.log(
      `${command.slice(0, 24).padEnd(24)} ${name.padEnd(10)} ${cpu} ms CPU, ${elapsed} ms`,
    )
  }
rmSync(dataDir, { recursive: true })
