// `ktrdr backtest` of a strategy that has rules: no model, no training.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import backtestingPy from '../golden/backtest/backtesting-py.json' with { type: 'json' }
import golden from '../golden/backtest/sp500-sma-cross.json' with { type: 'json' }
import { SP500_CSV } from '../support/csv-files.ts'
import { ktrdr, ROOT, type RunResult } from '../support/program.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
const dataDir = world.dataDir('data')
afterAll(() => world.remove())

const run = (args: readonly string[], fault?: string): Promise<RunResult> =>
  ktrdr(args, { dataDir, cwd: world.directory, ...(fault === undefined ? {} : { fault }) })

const SMA_CROSS = join(ROOT, 'examples', 'strategies', 'sma-cross.yaml')

describe('sma-cross (test/golden/backtest/README.md)', () => {
  const args = ['backtest', SMA_CROSS, '--data', SP500_CSV]

  it('makes the trades of other engines', async () => {
    const account = ['--capital', '1000000', '--position-size', '1', '--slippage', '0']
    const { code, json } = await run([...args, ...account, '--json'])
    expect(code).toBe(0)
    const report = json()
    expect(report).toMatchObject({ name: 'sma-cross', symbol: 'SP500', isOutOfSample: null })
    const [head, ...lines] = readFileSync(join(report.backtest.path, 'trades.csv'), 'utf8')
      .trimEnd()
      .split('\n')
    const names = head!.split(',')
    const trades = lines.map((line) => line.split(','))
    const column = (name: string): number[] =>
      trades.map((trade) => Number(trade[names.indexOf(name)]))
    const expected = backtestingPy['next open'].trades
    const closed = expected.length
    const theirs = (i: number): number[] => expected.map((trade) => trade[i]!)
    expect(column('entryBar').slice(0, closed), 'entries').toEqual(theirs(0))
    expect(column('exitBar').slice(0, closed), 'exits').toEqual(theirs(1))
    expect(trades.length, 'and one that is open at the end').toBe(closed + 1)
    const marked = report.finalEquity / (1 - 0.001) // it is closed there at a commission
    expect(marked / golden.allIn.finalEquity).toBeCloseTo(1, 9)
  })

  it('is no strategy to train', async () => {
    const { code, json } = await run(['train', SMA_CROSS, '--data', SP500_CSV, '--json'])
    expect(code).toBe(2)
    expect(json().error).toMatchObject({
      code: 'USAGE',
      message: 'The strategy sma-cross has rules and no network: there is nothing to train.',
      suggestions: [`ktrdr backtest ${SMA_CROSS} --data FILE`],
    })
  })

  it('is shown by its rules, and on how many bars each holds', async () => {
    const { stdout } = await run(['validate', SMA_CROSS, '--data', SP500_CSV])
    expect(stdout).toContain(
      'long.enter: fast crosses above slow  (holds on 88 bars of these data)',
    )
    expect(stdout).toContain('long.exit: fast crosses below slow  (holds on 87 bars of these data)')
    expect(stdout).toContain(`Next: ktrdr backtest ${SMA_CROSS} --data ${SP500_CSV}`)
  })

  it('does not look ahead', async () => {
    const { code, json } = await run(['lookahead', SMA_CROSS, '--data', SP500_CSV, '--json'])
    expect(code).toBe(0)
    const [symbol] = json().symbols
    expect(symbol.checked).toEqual({ feature: 2, label: 0, signal: 2 })
    expect(symbol.lookahead).toEqual([])
    expect(json().history.recommended, 'averages forget').toBe(0)
  })
})

describe('a strategy with rules', () => {
  const path = join(world.directory, 'dips.yaml')
  const text = `name: dips
training_data:
  symbols: { mode: single, symbol: WALK }
  timeframes: { mode: multi_timeframe, list: [1h, 4h] }
indicators:
  rsi_9: { type: rsi, period: 9 }
  trend: { type: sma, period: 12 }
fuzzy_sets:
  rsi: { indicator: rsi_9, low: [0, 20, 50], high: [50, 80, 100] }
rules:
  long:
    enter: rsi.low > 0.3 and close > trend@4h
    exit: rsi.high > 0.5
  short:
    enter: rsi.high > 0.5 and close < trend@4h
    exit: rsi.low > 0.3
`
  writeFileSync(path, text)
  const args = ['backtest', 'dips.yaml', '--data', world.bars]

  it('trades memberships and longer timeframes, long and short', async () => {
    const { code, json } = await run([...args, '--json'])
    expect(code).toBe(0)
    const report = json()
    expect(report.trades).toBeGreaterThan(5)
    const trades = readFileSync(join(report.backtest.path, 'trades.csv'), 'utf8')
    expect(trades).toContain('LONG')
    expect(trades).toContain('SHORT')
  })

  it('is killed and resumed to the same bytes, without its file', async () => {
    const straight = (await run([...args, '--json'])).json()
    expect((await run([...args, '--checkpoint-every', '50bars'], 'bar@700:kill')).signal).toBe(
      'SIGKILL',
    )
    writeFileSync(path, text.replace('0.3 and', '0.4 and'))
    const { code, stdout, stderr } = await run(['operations', 'resume', 'latest'])
    writeFileSync(path, text)
    expect(code).toBe(0)
    expect(stdout + stderr).toContain('dips.yaml was edited since the start')
    const { result: resumed } = (await run(['operations', 'show', 'latest', '--json'])).json()
    for (const name of ['trades.csv', 'equity.safetensors', 'metrics.json']) {
      const [one, other] = [straight, resumed].map(({ backtest }) =>
        readFileSync(join(backtest.path, name), 'utf8'),
      )
      expect(other, name).toBe(one)
    }
  })

  it('is traded as the flags say, on the timeframe that they name', async () => {
    const longer = (await run([...args, '--timeframe', '4h', '--json'])).json()
    expect([longer.timeframe, longer.range.bars < 300]).toEqual(['4h', true])
    const stopped = await run([...args, '--sides', 'long', '--stop-loss', '0.5%', '--json'])
    const trades = readFileSync(join(stopped.json().backtest.path, 'trades.csv'), 'utf8')
    expect(trades).toContain('stop loss')
    expect(trades).not.toContain('SHORT')
    const other = await run([...args, '--timeframe', '1d'])
    expect(other.stderr).toContain('is for bars of 1h, 4h, not of 1d')
    const none = await run(['backtest', SMA_CROSS, '--data', SP500_CSV, '--sides', 'short'])
    expect(none.stderr).toContain('--sides is short, and the strategy sma-cross never goes short')
  })

  it('is found by its name when there is no model of it', async () => {
    const strategies = join(world.directory, 'strategies', 'dips2.yaml')
    const { code: none } = await run(['backtest', 'dips2', '--data', world.bars])
    expect(none, 'there is neither').toBe(4)
    await run(['init', 'dips2', '--symbol', 'WALK', '--timeframe', '1h'])
    writeFileSync(strategies, text.replace('dips', 'dips2'))
    const { code, json } = await run(['backtest', 'dips2', '--data', world.bars, '--json'])
    expect([code, json().name]).toEqual([0, 'dips2'])
  })

  it('has no model to choose', async () => {
    const { code, stderr } = await run([...args, '--model', 'walk'])
    expect(code).toBe(2)
    expect(stderr).toContain('has rules and no network: it has no model')
  })

  it('has a report with its indicators and memberships, and misses nothing', async () => {
    await run(args)
    const { json } = await run(['report', 'latest', '--out', 'report.html', '--json'])
    expect(json().missing).toEqual([])
    const page = readFileSync(join(world.directory, 'report.html'), 'utf8')
    expect(page).toContain('trend 4h')
    expect(page).toContain('nobody can say which bars they were made to fit')
    expect(page).toContain(`ktrdr backtest ${path} --data WALK=${world.bars}`)
  })

  it('tells problems with their place in a rule', async () => {
    writeFileSync(path, text.replace('close > trend', 'close > trned'))
    const { code, stderr } = await run(args)
    writeFileSync(path, text)
    expect(code).toBe(7)
    expect(stderr).toContain(
      `dips.yaml:12:38 rules.long.enter: 'trned' is no indicator, fuzzy set or price; did you mean "trend"?`,
    )
  })
})
