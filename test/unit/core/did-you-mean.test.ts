import { describe, expect, it } from 'vitest'
import { nearest } from '../../../src/core/did-you-mean.ts'

describe('the word that was meant', () => {
  it.each([
    ['rsii', ['macd', 'rsi'], 'rsi'],
    ['RSI', ['macd', 'rsi'], 'rsi'],
    ['ema', ['sma', 'wma'], 'sma'],
    ['keep_lst', ['keep_best', 'keep_last'], 'keep_last'],
  ])('%s of %j is %s', (word, candidates, meant) => expect(nearest(word, candidates)).toBe(meant))

  it.each([
    ['xyzzy', ['macd', 'rsi']],
    ['', ['rsi']],
    ['rsi', []],
  ])('%j of %j is none', (word, candidates) => expect(nearest(word, candidates)).toBeUndefined())

  it('is within as many edits as the caller allows', () => {
    expect(nearest('stauts', ['status'], 2)).toBe('status')
    expect(nearest('stauts', ['status'], 1)).toBeUndefined()
  })

  it('costs nothing for a word of a megabyte', () => {
    expect(nearest('x'.repeat(2 ** 20), ['x'.repeat(59)])).toBe('x'.repeat(59))
  })
})
