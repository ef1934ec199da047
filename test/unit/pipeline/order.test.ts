import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderPhases } from '../../../src/pipeline/order.ts'

type Node = { readonly name: string; readonly needs: readonly string[] }

const phase = (name: string, ...needs: string[]): Node => ({ name, needs })

/** Phases of which each needs some that stand before it in a hidden order, in any order of the file. */
const acyclic = fc
  .integer({ min: 0, max: 12 })
  .chain((count) =>
    fc.tuple(
      fc.tuple(
        ...Array.from({ length: count }, (_, i) =>
          fc.subarray(Array.from({ length: i }, (__, j) => `p${j}`)),
        ),
      ),
      fc.shuffledSubarray(
        Array.from({ length: count }, (_, i) => i),
        { minLength: count },
      ),
    ),
  )
  .map(([needs, order]) => order.map((i) => phase(`p${i}`, ...needs[i]!)))

describe('the order of phases', () => {
  it('is that of the file where nothing is needed', () => {
    const phases = [phase('b'), phase('a'), phase('c')]
    expect(orderPhases(phases)).toEqual({ sorted: phases })
  })

  it('takes of those that could be next the first of the file', () => {
    const order = orderPhases([phase('d', 'b'), phase('c'), phase('b'), phase('a')])
    expect(order).toMatchObject({
      sorted: [{ name: 'c' }, { name: 'b' }, { name: 'd' }, { name: 'a' }],
    })
  })

  it('puts every phase after all that it needs, and has each once', () => {
    fc.assert(
      fc.property(acyclic, (phases) => {
        const order = orderPhases(phases)
        if (!('sorted' in order)) throw new Error('there is no circle')
        const names = order.sorted.map(({ name }) => name)
        expect(names.toSorted()).toEqual(phases.map(({ name }) => name).toSorted())
        for (const { name, needs } of order.sorted)
          for (const need of needs) expect(names.indexOf(need)).toBeLessThan(names.indexOf(name))
      }),
    )
  })

  it('names a circle, of which each needs the next one', () => {
    const phases = [
      phase('x', 'a'),
      phase('a', 'b'),
      phase('b', 'c'),
      phase('c', 'a'),
      phase('free'),
    ]
    expect(orderPhases(phases)).toEqual({ cycle: ['a', 'b', 'c'] })
  })

  it('finds the circle that is added to any phases', () => {
    fc.assert(
      fc.property(
        acyclic.filter(({ length }) => length >= 2),
        (phases) => {
          const [first, second] = phases
          const closed = phases.map((one) => {
            if (one === first) return phase(one.name, ...one.needs, second!.name)
            return one === second ? phase(one.name, ...one.needs, first!.name) : one
          })
          const order = orderPhases(closed)
          if (!('cycle' in order)) throw new Error('there is a circle')
          const { cycle } = order
          for (const [i, name] of cycle.entries()) {
            const next = cycle[(i + 1) % cycle.length]
            expect(closed.find((one) => one.name === name)!.needs).toContain(next)
          }
        },
      ),
    )
  })
})
