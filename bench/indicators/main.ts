// node scripts/node.mjs bench/indicators/main.ts: milliseconds of every indicator with its default parameters.
//
// All types in turn, round after round, as one strategy that uses them all would meet them; the first round, in which
// they are compiled, stands by itself. Processor time, compiler and collector of garbage included, is what a machine that
// does other things too leaves comparable; `taskset -c 0` before the command keeps all of it on one core.

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
    const [start, before] = [performance.now(), process.cpuUsage()]
    indicator.compute(bars, parameters)
    const { user, system } = process.cpuUsage(before)
    return { clock: performance.now() - start, processor: (user + system) / 1000 }
  }),
)

type Time = { readonly clock: number; readonly processor: number }

/** One line of the table from the times of each round, the first round first. */
function row(name: string, [once, ...again]: readonly Time[]): void {
  const cells = [
    median(again.map(({ clock }) => clock)),
    median(again.map(({ processor }) => processor)),
    once!.clock,
    once!.processor,
  ]
  console.log(`| ${name} | ${cells.map((cell) => cell.toFixed(1)).join(' | ')} |`)
}

const total = (times: readonly Time[], of: keyof Time): number =>
  times.reduce((sum, time) => sum + time[of], 0)

console.log(`${bars.length} bars, median of ${options.rounds} rounds, ms\n`)
console.log('| type | clock | processor | first: clock | processor |\n|---|--:|--:|--:|--:|')
for (const [i, { indicator }] of uses.entries())
  row(
    `\`${indicator.type}\``,
    rounds.map((times) => times[i]!),
  )
row(
  'all',
  rounds.map((times) => ({ clock: total(times, 'clock'), processor: total(times, 'processor') })),
)

function largestIntegers({ parameters }: Indicator): Record<string, number> {
  const integers = Object.entries(parameters).flatMap(([name, spec]) =>
    spec.kind === 'integer' ? [[name, spec.max] as const] : [],
  )
  return Object.fromEntries(integers)
}
