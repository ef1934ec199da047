// `ktrdr lookahead`: on what the program really computes, nothing may be found.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ktrdr } from '../support/program.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld({ bars: 600 })
const dataDir = world.dataDir('data')
afterAll(() => world.remove())

const lookahead = (...flags: readonly string[]) =>
  ktrdr(['lookahead', world.strategy, '--data', world.bars, ...flags], { dataDir })

describe('ktrdr lookahead', () => {
  it('finds nothing without a model, and makes no data directory', async () => {
    const { code, json } = await lookahead('--json')
    expect(code).toBe(0)
    const report = json()
    expect(report).toMatchObject({ strategy: 'walk', model: null, looksAhead: false, warnings: [] })
    const [symbol] = report.symbols
    expect(symbol.checked).toEqual({ feature: 3, label: 2, signal: 0 })
    expect(symbol.samples.length).toBe(20)
    expect(symbol.lookahead).toEqual([])
    expect(symbol.history.map(({ name }: { name: string }) => name)).toEqual([
      '1h_rsi_low',
      '1h_rsi_high',
      '1h_roc_5_raw',
    ])
    expect(symbol.history[2], 'a momentum of five bars').toMatchObject({
      practically: 10,
      exactly: 10,
    })
    expect(report.history.recommended).toBeGreaterThan(10)
    expect(existsSync(dataDir)).toBe(false)
  })

  it('says on a screen what was looked at, and what history settles', async () => {
    const { stdout } = await lookahead('--start', '2020-01-10', '--samples', '5')
    expect(stdout).toContain('the future hidden after 5 of them')
    expect(stdout).toContain('Looked at: 3 features, 2 columns of labels.')
    expect(stdout).toContain('Nothing looks ahead.')
    expect(stdout).toMatch(/1h_roc_5_raw +0 +0 .*10 +10$/m)
    expect(stdout).toMatch(
      /^history_required: \d+ settles every feature to 0.1% \(it is not set\)\.$/m,
    )
  })

  it('says so when there are too few bars', async () => {
    const tail = await lookahead('--start', '2020-01-30T22:00', '--json')
    expect([tail.code, tail.json().error.code]).toEqual([7, 'DATA_INVALID'])
  })
})

describe('with a model of the strategy', () => {
  beforeAll(() => ktrdr(world.train('--epochs', '1'), { dataDir }))

  it('looks at its signals, too', async () => {
    const { code, json } = await lookahead('--json')
    expect(code).toBe(0)
    const { model, symbols } = json()
    expect(model).toContain('walk')
    expect(symbols[0].checked).toEqual({ feature: 3, label: 2, signal: 3 })
    expect(symbols[0].lookahead).toEqual([])
    const signals = symbols[0].history.filter(({ kind }: { kind: string }) => kind === 'signal')
    expect(signals.map(({ name }: { name: string }) => name)).toEqual(['p_buy', 'p_hold', 'p_sell'])
    expect(signals[0].changes[0].ratio, 'an RSI of ten bars is another one').toBeGreaterThan(0.02)
    expect(signals[0].changes.at(-1).ratio).toBeLessThan(0.01)
  })

  it('leaves out the signals of another text of the strategy, and says so', async () => {
    const text = readFileSync(world.strategy, 'utf8')
    try {
      writeFileSync(world.strategy, `${text}# edited\n`)
      const { json } = await lookahead('--json')
      expect(json()).toMatchObject({
        model: null,
        warnings: [expect.stringContaining('another text of the strategy')],
      })
    } finally {
      writeFileSync(world.strategy, text)
    }
  })
})
