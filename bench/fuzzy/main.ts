// How many memberships a second? Each type on two columns: one that wanders as an indicator does, and one that jumps
// at random, which no branch prediction helps. One thread. Prints Markdown.
//
//   node scripts/node.mjs bench/fuzzy/main.ts [--values 100000] [--rounds 31]

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { randomStream } from '../../src/core/rng.ts'
import { evaluateMembership, type Membership } from '../../src/fuzzy/membership.ts'
import { median } from '../training/statistics.ts'

const { values } = parseArgs({
  options: {
    values: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '31' },
  },
})
const length = Number(values.values)
const rounds = Number(values.rounds)
const REPEATS = 20

const MEMBERSHIPS: readonly Membership[] = [
  { name: '[35, 50, 65]', type: 'triangular', parameters: [35, 50, 65] },
  { name: '[20, 35, 60, 80]', type: 'trapezoidal', parameters: [20, 35, 60, 80] },
  { name: '[0, 0, 30, 45]', type: 'trapezoidal', parameters: [0, 0, 30, 45] },
  { name: '[50, 12]', type: 'gaussian', parameters: [50, 12] },
  { name: '[0.2, 50]', type: 'sigmoid', parameters: [0.2, 50] },
  { name: '[15, 2, 50]', type: 'bell', parameters: [15, 2, 50] },
]

const { nextUnit } = randomStream(1, 'sampling')
const jumping = new Float64Array(length).map(() => nextUnit() * 100)
const wandering = new Float64Array(length)
let level = 50
for (let t = 0; t < length; t++) {
  level += (jumping[t]! - 50) * 0.1 + (50 - level) * 0.05
  wandering[t] = level
}

/**
 * Millions a second of processor time, the median of the rounds after three to warm up. Processor time, so that whatever
 * else the machine does counts less; a round repeats the column, because that clock is coarse.
 */
function speed(membership: Membership, column: Float64Array): number {
  const microseconds: number[] = []
  for (let round = -3; round < rounds; round++) {
    const before = process.threadCpuUsage()
    for (let i = 0; i < REPEATS; i++) evaluateMembership(membership, column)
    const { user, system } = process.threadCpuUsage(before)
    if (round >= 0) microseconds.push(user + system)
  }
  return (length * REPEATS) / median(microseconds)
}

const machine = `${cpus()[0]?.model ?? 'unknown processor'} × ${cpus().length}, Node ${process.version}`
console.log(
  [
    '## Memberships',
    '',
    `${machine}. Million values a second of processor time, medians of ${rounds} rounds of ${REPEATS} × ${length} values.`,
    '',
    '| membership | wandering | jumping |',
    '|---|--:|--:|',
    ...MEMBERSHIPS.map((membership) => {
      const cells = [wandering, jumping].map((column) => speed(membership, column).toFixed(0))
      return `| \`${membership.type}\` ${membership.name} | ${cells.join(' | ')} |`
    }),
  ].join('\n'),
)
