// How a backtest is told to trade, and what is refused. The examples of the guide: pages.test.ts.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseTradingFlags } from '../../src/trading/trading-flags.ts'
import { tradingSettings } from '../../src/trading/trading-settings.ts'
import { withTrading, writeTradingFiles } from '../support/page-worlds.ts'
import { ktrdr } from '../support/program.ts'

const cwd = mkdtempSync(join(tmpdir(), 'ktrdr-orders-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))
const dataDir = join(cwd, 'data')
const { lastDate } = writeTradingFiles(cwd)

const run = (args: readonly string[]) => ktrdr([...args, '--end', lastDate], { dataDir, cwd })

describe('what was asked', () => {
  const settingsOf = async (...args: string[]) => {
    const { operationId } = (await run([...args, '--json'])).json()
    const shown = await ktrdr(['operations', 'show', operationId, '--json'], { dataDir, cwd })
    return shown.json().settings.simulation
  }
  const plain = ['--signals', 'signals.csv', '--data', 'sp500.csv']

  it('is kept with the operation, defaults and all', async () => {
    expect(await settingsOf('backtest', ...plain)).toEqual(tradingSettings({}))
    expect(
      await settingsOf(
        'backtest',
        ...plain,
        '--stop-loss',
        '2atr',
        '--reverse',
        '--spread',
        '0.01%',
      ),
    ).toEqual(
      tradingSettings(parseTradingFlags({ 'stop-loss': '2atr', reverse: true, spread: '0.01%' })),
    )
  })

  it('goes before the strategy', async () => {
    const given = ['backtest', 'trend.yaml', ...plain]
    const own = await settingsOf(...given)
    expect(own).toMatchObject({
      commission: 0.0005,
      sizing: { kind: 'risk', ratio: 0.01 },
      order: { type: 'limit', expiryBars: 3 },
      leverage: 2,
    })
    const other = await settingsOf(...given, '--order', 'market', '--commission', '0.002')
    const { order: _, ...rest } = own
    expect(other).toEqual({ ...rest, commission: 0.002 })
  })

  it('makes the same result on the timeframe that the file has', async () => {
    const [measured, asked] = await Promise.all(
      [[], ['--timeframe', '1d']].map(async (more) =>
        (await run(['backtest', ...plain, ...more, '--json'])).json(),
      ),
    )
    expect(asked.trades).toBeGreaterThan(0)
    expect([asked.equitySha256, asked.tradesSha256]).toEqual([
      measured.equitySha256,
      measured.tradesSha256,
    ])
  })
})

describe('what is refused', () => {
  const given = ['backtest', '--signals', 'signals.csv', '--data', 'sp500.csv']
  it.each([
    [['--stop-loss', '2'], /--stop-loss is "2"; .*\n.*\n(.*\n)*.*--stop-loss 2%/],
    [['--size', 'risk:1%'], /--size risk:1% is what is lost .*\n(.*\n)*.*--stop-loss 2%/],
    [['--order-expiry', '5'], /a market order does not/],
    [['--leverage', '4', '--maintenance-margin', '0.25'], /--maintenance-margin 12\.5%/],
    [['--position-size', '1.01'], /more of the equity than there is without leverage/],
    [
      ['--size', '25%', '--position-size', '0.25'],
      /--position-size.*--size|--size.*--position-size/,
    ],
    [['--sides', 'left'], /--sides is "left"; expected one of long, short, both/],
    [['--trials', '0'], /--trials is "0"; expected a number of strategies/],
    [['--timeframe', '2h'], /--timeframe is "2h"; expected one of/],
  ])('%j, with the code of a wrong usage', async (flags, message) => {
    const { code, stderr } = await run([...given, ...flags])
    expect(stderr).toMatch(message)
    expect(stderr).toContain('Code: USAGE')
    expect(code).toBe(2)
  })

  it('of a strategy, with its line', async () => {
    const broken = join(cwd, 'pullback.yaml')
    writeFileSync(broken, withTrading('trading:\n  size: risk:1%'))
    const { code, stderr } = await run([...given, broken])
    expect(stderr).toMatch(
      /pullback\.yaml:\d+:9 trading\.size: .* no.* stop_loss: 2%|stop_loss: 2%/,
    )
    expect(code).toBe(7)
  })
})
