// How much of the laboratory runs: a sample of every experiment in `npm test`, all of them in `npm run test:crash`.
// One seed chooses the sample, the random subsets and the instants; it is printed, so that a run can be repeated.

import { randomStream, type RandomStream } from '../../../src/core/rng.ts'

export const IS_FULL = process.env['KTRDR_LAB'] === 'full'
const SEED = Number(process.env['KTRDR_TEST_SEED'] ?? 20241213)

/** A number in the quick mode, another one in the full mode. */
export function quickOrFull(quick: number, full: number): number {
  return IS_FULL ? full : quick
}

/** A stream of its own for each experiment, so that one may run without the others. */
export function randomOf(experiment: string): RandomStream {
  const key = [...experiment].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 0)
  return randomStream(SEED, 'sampling', key)
}

/** `count` of the items, in their order; all of them when there are no more. */
export function sample<Item>(items: readonly Item[], count: number, random: RandomStream): Item[] {
  let wanted = Math.min(count, items.length)
  return items.filter((_, i) => {
    const isChosen = random.nextBelow(items.length - i) < wanted
    if (isChosen) wanted--
    return isChosen
  })
}

/** The one line of an experiment. */
export function printFigures(experiment: string, figures: string): void {
  process.stderr.write(`laboratory: ${experiment}: ${figures} (KTRDR_TEST_SEED=${SEED})\n`)
}
