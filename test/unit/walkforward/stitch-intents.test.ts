import { describe, expect, it } from 'vitest'
import { BUY, FLAT, SELL, type Intents } from '../../../src/backtest/intents.ts'
import { stitchIntents, type FoldIntents } from '../../../src/walkforward/stitch-intents.ts'

function fold(from: number, bits: readonly number[], sure?: readonly number[]): FoldIntents {
  const to = from + bits.length
  const intents: Intents = {
    from,
    to,
    bits: Uint8Array.from(bits),
    confidence: sure ? Float64Array.from(sure) : null,
  }
  return { from, to, intents }
}

describe('the intents of folds', () => {
  it('follow each other, and nothing is closed where one goes on from the other', () => {
    const { from, to, bits, confidence } = stitchIntents([
      fold(10, [BUY, 0, 0]),
      fold(13, [0, SELL]),
    ])
    expect([from, to, confidence]).toEqual([10, 15, null])
    expect([...bits]).toEqual([BUY, 0, 0, 0, SELL])
  })

  it('are as sure as each of them was', () => {
    const sure = stitchIntents([fold(3, [BUY, 0], [0.6, 0]), fold(5, [SELL, BUY], [0.9, 0.7])])
    expect([...sure.confidence!]).toEqual([0.6, 0, 0.9, 0.7])
    const mixed = stitchIntents([fold(3, [BUY, 0]), fold(5, [SELL], [0.9])])
    expect([...mixed.confidence!]).toEqual([1, 1, 0.9])
  })

  it('leave the market before bars that nobody trades', () => {
    const { bits } = stitchIntents([fold(0, [BUY, BUY, BUY, BUY]), fold(6, [SELL, SELL])])
    expect([...bits]).toEqual([BUY, BUY, FLAT, FLAT, 0, 0, SELL, SELL])
    const single = stitchIntents([fold(0, [BUY]), fold(2, [BUY]), fold(4, [SELL])])
    expect([...single.bits], 'a window of one bar trades nothing').toEqual([FLAT, 0, FLAT, 0, SELL])
  })

  it('are none, and close what is held, where a fold came to nothing', () => {
    const failed = { from: 2, to: 5, intents: null }
    const { bits, confidence } = stitchIntents([fold(0, [BUY, BUY], [0.5, 0.5]), failed])
    expect([...bits]).toEqual([BUY, BUY, FLAT, FLAT, FLAT])
    expect([...confidence!]).toEqual([0.5, 0.5, 0, 0, 0])
  })
})
