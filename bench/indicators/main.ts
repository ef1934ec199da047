// node scripts/node.mjs bench/indicators/main.ts: milliseconds of every indicator with its default parameters.
//
// All types in turn, round after round, as one strategy that uses them all would meet them; the first round, in which
// they are compiled, stands by itself. `taskset -c 0` before it keeps the collector of garbage on the same core.

import { parseArgs } from 'node:util'
import { INDICATORS } from '../../src/indicators/catalog.ts'
import { checkParameters } from '../../src/indicators/compute.ts'
import type { Indicator } from '../../src/indicators/indicator.ts'
import { makeBars } from '../../test/support/make-bars.ts'
import { median } from '../training/statistics.ts'

const { values: options } = parseArgs({
  options: {
    bars: { type: 'string', default: '500000' },
    rounds: { type: 'string', default: '7' },
    types: { type: 'string', default: [...INDICATORS.keys()].toSorted().join(',') },
    longest: { type: 'boolean', default: false }, // the largest integer of each parameter instead of the default
  },
})

const bars = makeBars(Number(options.bars))
const uses = options.types.split(',').map((type) => {
  const indicator = INDICATORS.get(type)
  if (indicator === undefined) throw new Error(`no indicator '${type}'`)
  const given = options.longest ? largestIntegers(indicator) : {}
  return { indicator, parameters: checkParameters(indicator, given).parameters }
})

const rounds = Array.from({ length: 1 + Number(options.rounds) }, () =>
  uses.map(({ indicator, parameters }) => {
    const start = performance.now()
    indicator.compute(bars, parameters)
    return performance.now() - start
  }),
)
const [first, ...later] = rounds

const row = (name: string, ...cells: number[]): void =>
  console.log(`| ${name} | ${cells.map((cell) => cell.toFixed(1)).join(' | ')} |`)
const sum = (times: readonly number[]): number => times.reduce((total, time) => total + time, 0)

console.log(`${bars.length} bars, median of ${later.length} rounds, ms\n`)
console.log('| type | median | first |\n|---|--:|--:|')
for (const [i, { indicator }] of uses.entries())
  row(`\`${indicator.type}\``, median(later.map((times) => times[i]!)), first![i]!)
row('all', median(later.map(sum)), sum(first!))

function largestIntegers({ parameters }: Indicator): Record<string, number> {
  const integers = Object.entries(parameters).flatMap(([name, spec]) =>
    spec.kind === 'integer' ? [[name, spec.max] as const] : [],
  )
  return Object.fromEntries(integers)
}
