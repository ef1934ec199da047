import { expect, it } from 'vitest'
import { fillIn, referencesIn, textsIn } from '../../../src/pipeline/references.ts'

const valueOf = ({ phase, output }: { phase: string; output: string }): string =>
  `<${phase} ${output}>`

it.each([
  ['${train.model}', '<train model>'],
  ['a ${bars.out}/x ${b-2.o_1} z', 'a <bars out>/x <b-2 o_1> z'],
  ['$${bars.out} $$ $5 {a.b}', '${bars.out} $$ $5 {a.b}'],
  ['$$${bars.out}', '$${bars.out}'],
  ['plain', 'plain'],
])('%s means %s', (text, meant) => {
  expect(fillIn(text, valueOf)).toBe(meant)
})

it('fills in what lists and mappings hold, and leaves the rest as it is', () => {
  const value = { run: ['a', '${b.c}', 5], set: { deep: '${d.e}' }, flag: true }
  expect(fillIn(value, valueOf)).toEqual({
    run: ['a', '<b c>', 5],
    set: { deep: '<d e>' },
    flag: true,
  })
})

it.each(['${HOME}', '${a.b', '${a.b.c}', '${}', '${a .b}'])('%s is no reference', (text) => {
  const { references, broken } = referencesIn(text)
  expect(references).toEqual([])
  expect(broken).toHaveLength(1)
})

it('tells every text with its place', () => {
  expect(textsIn({ a: ['x', 1], b: { c: 'y' } })).toEqual([
    { path: ['a', 0], text: 'x' },
    { path: ['b', 'c'], text: 'y' },
  ])
})
