// How small and how fast is a checkpoint encoded? Sizes on the snapshots of a real training, speeds of the codecs and
// of their kernel. Prints Markdown.
//
//   node scripts/node.mjs bench/checkpoint/codecs.ts [--rounds 31] [--out codecs.json]

import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { measureSizes, type SizeRow } from './codec-sizes.ts'
import {
  measureCodecs,
  measureFirstUse,
  measureJson,
  measureRoutines,
  type SpeedRow,
} from './codec-speeds.ts'
import { GROUPS, PHASES, traceTraining } from './training-trace.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '31' }, out: { type: 'string' } },
})
const rounds = Number(values.rounds)

const firstUseMs = measureFirstUse()
const routines = measureRoutines(rounds)
const json = measureJson(rounds)
const epochs = traceTraining()
const codecs = measureCodecs(epochs, rounds)
const sizes = measureSizes(epochs)
const machine = `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}, Node ${process.version}`

console.log(
  [
    '## Codecs of checkpoints',
    '',
    `${machine}. Medians of ${rounds} rounds; MB of raw bytes. First use of the kernel: ${firstUseMs.toFixed(1)} ms.`,
    '',
    `Stored in % of raw; an MLP 100-256-128-3 with Adam, ${epochs.length} snapshots, identical arrays stored once`,
    `(${PHASES.map(({ name, learningRate }) => `${name}: learning rate ${learningRate}`).join(', ')}):`,
    '',
    `| codec | phase | ${GROUPS.join(' | ')} | state |`,
    `|---|---|${GROUPS.map(() => '--:|').join('')}--:|`,
    ...sizes.map(sizeLine),
    '',
    ...speedTable('arrays of the last snapshots', codecs),
    '',
    ...speedTable('state JSON', json),
    '',
    ...speedTable('routine', routines),
  ].join('\n'),
)
if (values.out)
  writeFileSync(
    values.out,
    `${JSON.stringify({ machine, rounds, firstUseMs, sizes, codecs, json, routines }, null, 1)}\n`,
  )

function sizeLine({ way, phase, percent }: SizeRow): string {
  const cells = [...GROUPS, 'state' as const].map((group) => percent[group].toFixed(1))
  return `| ${[way, phase, ...cells].join(' | ')} |`
}

function speedTable(title: string, rows: readonly SpeedRow[]): string[] {
  return [
    `| ${title} | raw | stored | encode MB/s | decode MB/s |`,
    '|---|--:|--:|--:|--:|',
    ...rows.map(({ what, rawBytes, percent, encodeMBps, decodeMBps }) => {
      const stored = percent === null ? '–' : `${percent.toFixed(1)} %`
      const raw =
        rawBytes < 1e6 ? `${(rawBytes / 1e3).toFixed(1)} KB` : `${(rawBytes / 1e6).toFixed(1)} MB`
      return `| ${[what, raw, stored, encodeMBps.toFixed(0), decodeMBps.toFixed(0)].join(' | ')} |`
    }),
  ]
}
