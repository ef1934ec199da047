// In which order phases run: each after what it needs; of those that could be next, the one that stands first in the
// file.

export type Needing = { readonly name: string; readonly needs: readonly string[] }

export type Order<Item> =
  | { readonly sorted: readonly Item[] }
  /** Each needs the next one, and the last the first. */
  | { readonly cycle: readonly string[] }

/** @param phases in the order of the file; needs that are none of them are passed over */
export function orderPhases<Item extends Needing>(phases: readonly Item[]): Order<Item> {
  const names = new Set(phases.map(({ name }) => name))
  const done = new Set<string>()
  const sorted: Item[] = []
  const isReady = ({ name, needs }: Item): boolean =>
    !done.has(name) && needs.every((need) => done.has(need) || !names.has(need))
  while (sorted.length < phases.length) {
    const next = phases.find(isReady)
    if (next === undefined)
      return { cycle: findCycle(phases.filter(({ name }) => !done.has(name))) }
    done.add(next.name)
    sorted.push(next)
  }
  return { sorted }
}

/** Whoever follows the needs of phases that all wait for each other comes back to where it was. */
function findCycle(waiting: readonly Needing[]): string[] {
  const byName = new Map(waiting.map((phase) => [phase.name, phase]))
  const walked: string[] = []
  let name = waiting[0]!.name
  while (!walked.includes(name)) {
    walked.push(name)
    name = byName.get(name)!.needs.find((need) => byName.has(need))!
  }
  return walked.slice(walked.indexOf(name))
}
