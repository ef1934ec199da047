// How commands do on a store with many operations, a tenth of them stopped with their checkpoints: processor time of the whole
// process, how long it takes, and its memory, beside those of a new store. The bundle is what runs: node scripts/node.mjs scripts/bundle.mjs
//   node scripts/node.mjs bench/store/main.ts [OPERATIONS]

import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { openDatabase } from '../../src/store/database.ts'
import { makeHistory } from '../../test/support/history.ts'
import { PROGRAMS } from '../../test/support/program.ts'
import { makeWorld } from '../../test/support/world.ts'
import { cloneOperations } from './clone-operations.ts'

const CALLS = 3
const OPERATIONS = Number(process.argv[2] ?? 100_000)
const TELL = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; import { isMainThread } from 'node:worker_threads'; if (isMainThread) process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())))",
)}`

const COMMANDS: readonly (readonly string[])[] = [
  ['operations', 'list'],
  ['operations', 'list', '--limit', '20'],
  ['operations', 'list', '--resumable', '--limit', '20'],
  ['operations', 'list', '--sort', 'size', '--limit', '20'],
  ['operations', 'list', '--status', 'failed'],
  ['operations', 'show', 'latest'],
  ['checkpoints', 'list', 'latest'],
  ['checkpoints', 'list'],
  ['checkpoints', 'stats'],
  ['checkpoints', 'cleanup', '--dry-run'],
  ['gc', '--dry-run'],
  ['operations', 'resume', 'latest', '--epochs', '10', '--quiet'],
  ['doctor'],
]

type Usage = { readonly cpuMs: number; readonly wallMs: number; readonly memoryMb: number }

function run(dataDir: string, args: readonly string[]): Usage {
  const [node, entry] = PROGRAMS.bundle
  const before = performance.now()
  const { output, status, stderr } = spawnSync(node, ['--import', TELL, entry, ...args], {
    env: { ...process.env, KTRDR_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 2 ** 30,
  })
  const wallMs = performance.now() - before
  if (status !== 0) throw new Error(`${args.join(' ')}: ${String(stderr).slice(0, 500)}`)
  const used = JSON.parse(String(output[3])) as NodeJS.ResourceUsage
  return {
    cpuMs: (used.userCPUTime + used.systemCPUTime) / 1000,
    wallMs,
    memoryMb: used.maxRSS / 1000,
  }
}

function median(runs: readonly Usage[]): Usage {
  return runs.toSorted((a, b) => a.cpuMs - b.cpuMs)[runs.length >> 1]!
}

const world = makeWorld()
try {
  const few = await makeHistory(world, 'few')
  const many = await makeHistory(world, 'many')
  const db = openDatabase(join(many.dataDir, 'ktrdr.db'))
  const ended = [...Array<string>(9).fill(many.trained), many.cancelled]
  cloneOperations(db, ended, OPERATIONS)
  db.close()
  // The newest is the one that a resume goes on with.
  for (const { dataDir } of [few, many])
    spawnSync(PROGRAMS.bundle[0], [PROGRAMS.bundle[1], ...world.train('--epochs', '10')], {
      env: { ...process.env, KTRDR_DATA_DIR: dataDir, KTRDR_FAULT: 'batch@130:cancel' },
    })
  console.log(execFileSync('du', ['-h', join(many.dataDir, 'ktrdr.db')], { encoding: 'utf8' }))
  console.log(`command, then CPU ms, wall ms, MB: new store → ${OPERATIONS} operations`)
  for (const args of COMMANDS) {
    const calls = args.includes('resume') ? 1 : CALLS
    const [a, b] = [few, many].map(({ dataDir }) =>
      median(Array.from({ length: calls }, () => run(dataDir, args))),
    )
    const text = ({ cpuMs, wallMs, memoryMb }: Usage): string =>
      [cpuMs, wallMs, memoryMb].map((figure) => figure.toFixed(0).padStart(6)).join('')
    console.log(`${args.join(' ').padEnd(48)} ${text(a!)}  → ${text(b!)}`)
  }
} finally {
  world.remove()
}
