import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shellWord } from '../../../src/core/shell-word.ts'

it.each([
  ['bars.csv', 'bars.csv'],
  ['SP500=/data/my-bars.csv', 'SP500=/data/my-bars.csv'],
  ['my bars.csv', "'my bars.csv'"],
  ["it's", "'it'\\''s'"],
])('%s is %s on a command line', (text, word) => expect(shellWord(text)).toBe(word))

it('any text is one word that a shell reads back', () => {
  const texts = fc.sample(
    fc.string({ minLength: 1 }).filter((text) => !text.includes('\0')),
    { numRuns: 50, seed: 1 },
  )
  const read = execFileSync('sh', ['-c', `printf '%s\\0' ${texts.map(shellWord).join(' ')}`])
  expect(read.toString().split('\0').slice(0, -1)).toEqual(texts)
})
