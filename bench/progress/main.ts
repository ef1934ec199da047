// What it costs to show progress: the same training with none, with lines and JSON into a pipe, and with the bar in a pseudo
// terminal, in turn; processor time of whole processes, and medians of the ratio to none within a round. Build first:
// npm run build
//
//   node scripts/node.mjs bench/progress/main.ts [--rounds 9] [--epochs 400]

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { spawn as spawnInTerminal } from '@lydell/node-pty'
import { createPaceMeter } from '../../src/terminal/pace.ts'
import { progressLine } from '../../src/terminal/progress-line.ts'
import { makeWorld } from '../../test/support/world.ts'
import { median } from '../training/statistics.ts'

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    epochs: { type: 'string', default: '400' },
    program: { type: 'string', default: 'dist/bundle/ktrdr.cjs' },
  },
})
const directory = mkdtempSync(join(tmpdir(), 'ktrdr-progress-'))
const world = makeWorld({ bars: 20_000, hiddenLayers: '[32, 16]', batchSize: 64 })
const times = join(directory, 'times')
const MODES = ['none', 'plain', 'json', 'pty'] as const
type Mode = (typeof MODES)[number]

/** `time` of the shell tells into a file what the program has used. */
const TIMED = `TIMEFORMAT='%U %S %R'; { time "$@" 2>&3; } 3>&2 2>"${times}"`

const done = (start: (finish: (code: number | null) => void) => void): Promise<number | null> =>
  new Promise(start)

/** Seconds: of the processor, of the clock. */
async function run(mode: Mode): Promise<{ readonly cpu: number; readonly elapsed: number }> {
  const command = [
    process.execPath,
    flags.program,
    ...world.train('--epochs', flags.epochs),
    '--threads',
    '1',
    '--progress',
    mode === 'pty' ? 'auto' : mode,
  ]
  const args = ['-c', TIMED, 'bash', ...command]
  const { CI: _, ...inherited } = process.env
  const env = { ...inherited, KTRDR_DATA_DIR: join(directory, 'data'), LC_ALL: 'C.UTF-8' }
  const code = await done((finish) => {
    if (mode === 'pty') {
      const terminal = spawnInTerminal('bash', args, { cols: 120, rows: 40, env })
      terminal.onData(() => {})
      terminal.onExit(({ exitCode }) => finish(exitCode))
    } else {
      const child = spawn('bash', args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
      child.stderr.resume()
      child.on('close', finish)
    }
  })
  if (code !== 0) throw new Error(`${mode} ended with ${code}`)
  const [user = 0, system = 0, elapsed = 0] = readFileSync(times, 'utf8').split(' ').map(Number)
  return { cpu: user + system, elapsed }
}

await run('none') // the file is read into the cache of bars
const rounds: Record<Mode, number>[] = []
const elapsed: Record<Mode, number[]> = { none: [], plain: [], json: [], pty: [] }
for (let round = 0; round < Number(flags.rounds); round++) {
  const cpu: Record<Mode, number> = { none: 0, plain: 0, json: 0, pty: 0 }
  // In another order each time: what comes first is no worse for it.
  for (let i = 0; i < MODES.length; i++) {
    const mode = MODES[(i + round) % MODES.length]!
    const used = await run(mode)
    cpu[mode] = used.cpu
    elapsed[mode].push(used.elapsed)
  }
  rounds.push(cpu)
}
for (const mode of MODES) {
  const cpu = median(rounds.map((round) => round[mode]))
  const ratio = median(rounds.map((round) => round[mode] / round.none))
  console.log(
    `${mode.padEnd(5)}  ${cpu.toFixed(2)} s CPU  ${((ratio - 1) * 100).toFixed(1).padStart(5)} %  ${median(elapsed[mode]).toFixed(2)} s`,
  )
}

/** Microseconds of processor time to draw the bar once, which is done ten times a second. */
function costOfDrawing(): number {
  const meter = createPaceMeter()
  const losses = Array.from({ length: 256 }, (_, i) => 1 / (i + 1))
  const drawings = 20_000
  const before = process.cpuUsage()
  for (let i = 0; i < drawings; i++) {
    const within = { unit: 'batch', at: i % 20, of: 20 }
    const progress = {
      cursor: { unit: 'epoch', at: Math.floor(i / 20), of: 1000, within },
      doneRatio: i / drawings,
      metrics: { trainLoss: 1 / (i + 1), valLoss: 0.5, bestValLoss: 0.4, bestEpoch: 3 },
    }
    const style = { columns: 120, unicode: true, losses }
    progressLine(progress, meter(progress, i * 100), progress.cursor, style)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / drawings
}

const micros = costOfDrawing()
console.log(
  `drawing the bar: ${micros.toFixed(0)} µs, ten times a second: ${(micros / 1000).toFixed(3)} % of a core`,
)
world.remove()
rmSync(directory, { recursive: true })
