import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyJsonPatch, diffJson } from '../../../../src/checkpoint/codecs/json-delta.ts'
import { exactJson, type Json } from '../../../../src/core/hash.ts'

const parse = (text: string): Json => JSON.parse(text) as Json

function patched(base: Json, next: Json): string {
  return exactJson(applyJsonPatch(base, parse(exactJson(diffJson(base, next)))))
}

/** Documents as JSON.parse makes them: `-0` and members called `__proto__` among them. */
const documents = fc
  .letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        fc.constantFrom(null, true, -0, 0, 0.1, ''),
        fc.double({ noDefaultInfinity: true, noNaN: true }),
        fc.string(),
      ),
      fc.array(tie('value'), { maxLength: 5 }),
      fc
        .array(fc.tuple(fc.constantFrom('a', 'b', 'c', '1', '0', '__proto__', ''), tie('value')))
        .map((members) => Object.fromEntries(members)),
    ),
  }))
  .value.map((value) => parse(exactJson(value)))

describe('a patch', () => {
  it('makes the very text of the next document, for any two', () => {
    fc.assert(
      fc.property(documents, documents, (base, next) => {
        const before = exactJson(base)
        expect(patched(base, next)).toBe(exactJson(next))
        expect(exactJson(base), 'the base stays as it was').toBe(before)
      }),
      { numRuns: 2000 },
    )
  })

  it.each<[string, string, string, Json]>([
    ['nothing', '{"a":[1,{"b":2}]}', '{"a":[1,{"b":2}]}', []],
    ['another value', '1', '"1"', ['1']],
    ['a sign of zero', '{"a":0}', '{"a":-0}', [{ a: [-0] }, []]],
    ['a member that is new', '{"a":1}', '{"a":1,"b":2}', [{ b: [2] }, []]],
    ['a member that is gone', '{"a":1,"b":2}', '{"b":2}', [{}, ['a']]],
    [
      'a member deep inside',
      '{"a":{"b":{"c":1}},"d":2}',
      '{"a":{"b":{"c":3}},"d":2}',
      [{ a: [{ b: [{ c: [3] }, []] }, []] }, []],
    ],
    ['items behind the others', '[1,2]', '[1,2,3,4]', [[], 2, [3, 4]]],
    ['items cut off', '[1,2,3]', '[1]', [[], 1, []]],
    [
      'an item of an array',
      '[{"a":1},{"a":1}]',
      '[{"a":1},{"a":2}]',
      [[[1, [{ a: [2] }, []]]], 2, []],
    ],
    ['an array of other items', '[1,2,3]', '[4,5,3]', [[4, 5, 3]]],
    ['members in another order', '{"a":1,"b":2}', '{"b":2,"a":1}', [{ b: 2, a: 1 }]],
    ['a member before others', '{"b":2}', '{"a":1,"b":2}', [{ a: 1, b: 2 }]],
    ['null for an object', '{"a":{}}', '{"a":null}', [{ a: [null] }, []]],
  ])('is as small as it should be for %s', (_, base, next, expected) => {
    expect(diffJson(parse(base), parse(next))).toEqual(expected)
    expect(patched(parse(base), parse(next))).toBe(next)
  })

  it.each<[string, Json]>([
    ['no array', {}],
    ['four items', [1, 2, 3, 4]],
    ['members for an array', [{}, []]],
    ['an item that is not there', [[[9, [1]]], 2, []]],
    ['an item that was cut off', [[[1, [1]]], 1, []]],
    ['the item "length"', [[['length', [1]]], 2, []]],
    ['a change that is none', [[1], 2, []]],
    ['a tail that is none', [[], 2, 'tail']],
  ])('is refused when it has %s', (_, patch) => {
    expect(() => applyJsonPatch([1, 2], patch)).toThrow('patch')
  })
})
