// `ktrdr backtest --signals FILE`: what another program decided, traded without a model.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { SP500_CSV } from '../support/csv-files.ts'
import { equityTextIn } from '../support/equity-text.ts'
import { ktrdr, type RunResult } from '../support/program.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
const dataDir = world.dataDir('data')
afterAll(() => world.remove())

type Rows = readonly Record<string, string>[]

const rowsOf = (path: string): Rows => rowsIn(readFileSync(path, 'utf8'))

function rowsIn(csv: string): Rows {
  const [head, ...lines] = csv.trimEnd().split('\n')
  const names = head!.split(',')
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])),
  )
}

const golden = (name: string) => join(import.meta.dirname, '..', 'golden', 'backtest', name)
const sp500 = rowsOf(SP500_CSV)

/** signals-a, its bars by their stamps. */
const signalsA = join(world.directory, 'signals-a.csv')
const lines = rowsOf(golden('signals-a.csv')).map((row) =>
  [sp500[Number(row['bar'])]!['date'], row['p_buy'], row['p_hold'], row['p_sell']].join(','),
)
writeFileSync(signalsA, `timestamp,p_buy,p_hold,p_sell\n${lines.join('\n')}\n`)

const [first, last] = [sp500[50]!['date']!, sp500[1499]!['date']!]
const ARGS = [
  'backtest',
  '--signals',
  signalsA,
  '--data',
  SP500_CSV,
  '--start',
  first,
  '--end',
  last,
]
const run = (args: readonly string[], fault?: string): Promise<RunResult> =>
  ktrdr(args, { dataDir, ...(fault === undefined ? {} : { fault }) })

describe('signals-a (test/golden/backtest/README.md)', () => {
  it('makes the trades and the equity of upstream', async () => {
    const { code, json } = await run([...ARGS, '--whole-units', '--json'])
    expect(code).toBe(0)
    const report = json()
    expect(report).toMatchObject({
      name: 'signals-a',
      symbol: 'SP500',
      timeframe: '1d',
      isOutOfSample: null,
      trades: 43,
      signals: { kind: 'probabilities', rowsOfNoBar: 0 },
    })
    expect(report.finalEquity).toBeCloseTo(91162.94298637, 7)
    expect(report.signals.rows + report.missingForecasts, 'a bar without a row').toBe(1450)

    const ours = rowsOf(join(report.backtest.path, 'trades.csv'))
    const upstream = rowsOf(golden('upstream-trades.csv'))
    for (const field of ['entryBar', 'exitBar', 'units', 'entryPrice', 'exitPrice'])
      expect(
        ours.map((trade) => Number(trade[field])),
        field,
      ).toEqual(upstream.map((trade) => Number(trade[field])))
    for (const [i, trade] of ours.entries())
      expect(Number(trade['grossPnl'])).toBeCloseTo(Number(upstream[i]!['grossPnl']), 8)

    const equity = new Map(
      rowsIn(equityTextIn(report.backtest.path)).map((row) => [row['bar'], row]),
    )
    for (const { bar, equity: expected, position } of rowsOf(golden('upstream-equity.csv'))) {
      expect(Number(equity.get(bar)!['equity']) / Number(expected)).toBeCloseTo(1, 11)
      expect(equity.get(bar)!['position']).toBe(position)
    }
  })

  it('is killed and resumed to the same bytes', async () => {
    const straight = (await run([...ARGS, '--json'])).json()
    expect((await run([...ARGS, '--checkpoint-every', '100bars'], 'bar@777:kill')).signal).toBe(
      'SIGKILL',
    )
    const resumed = (await run(['operations', 'resume', 'latest', '--json'])).json()
    expect(resumed.resumedFrom.bar).toBeGreaterThanOrEqual(100)
    for (const name of ['trades.csv', 'equity.safetensors', 'metrics.json']) {
      const [one, other] = [straight, resumed].map(({ backtest }) =>
        readFileSync(join(backtest.path, name), 'base64'),
      )
      expect(other, name).toBe(one)
    }
  })

  it('is not resumed with other signals', async () => {
    await run([...ARGS, '--checkpoint-every', '100bars'], 'bar@777:cancel')
    const before = readFileSync(signalsA, 'utf8')
    try {
      const edited = lines[100]!.replace(/,.*/, ',0.001,0.998,0.001')
      writeFileSync(signalsA, before.replace(lines[100]!, edited))
      const { code, stderr } = await run(['operations', 'resume', 'latest'])
      expect([code, stderr]).toEqual([6, expect.stringContaining('signals')])
    } finally {
      writeFileSync(signalsA, before)
    }
    expect((await run(['operations', 'resume', 'latest'])).code).toBe(0)
  })
})

describe('with a strategy', () => {
  const bars = rowsOf(world.bars)
  const stampOf = (bar: number): string => Object.values(bars[bar]!)[0]!
  const path = join(world.directory, 'walk signals.csv')
  writeFileSync(
    path,
    `timestamp,signal\n${[10, 20, 30].map((bar, i) => `${stampOf(bar)},${['SELL', 'BUY', 'BUY'][i]}`).join('\n')}\n`,
  )
  const args = ['backtest', world.strategy, '--signals', path, '--data', world.bars]

  it('its symbol and decisions apply, unless options say otherwise', async () => {
    const own = (await run([...args, '--json'])).json()
    const other = (await run([...args, '--no-allow-short', '--json'])).json()
    expect([own.name, own.symbol, own.timeframe]).toEqual(['walk-signals', 'WALK', '1h'])
    const sides = ({ backtest }: { backtest: { path: string } }) =>
      rowsOf(join(backtest.path, 'trades.csv')).map(({ side }) => side)
    expect([sides(own), sides(other)]).toEqual([['SHORT', 'LONG'], ['LONG']])
  })

  it('and a model are not both asked', async () => {
    const { code, stderr } = await run([...args, '--model', 'walk'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--model')])
  })
})

it.each([
  [['backtest', '--data', SP500_CSV], 2, /nothing to backtest/],
  [['backtest', 'walk', '--data', SP500_CSV, '--allow-short'], 2, /--signals/],
  [[...ARGS, '--confidence-threshold', '2'], 2, /--confidence-threshold is "2"; expected/],
  [[...ARGS, '--signal-separation', '-1'], 2, /--signal-separation is "-1"; expected/],
  [['backtest', '--signals', `${signalsA}x`, '--data', SP500_CSV], 4, /There is no file/],
  [
    ['backtest', '--signals', signalsA, '--data', world.bars],
    7,
    /No row of .* has the stamp of a bar/,
  ],
])('%j is refused', async (args, exit, message) => {
  const { code, stderr } = await run(args)
  expect(stderr).toMatch(message)
  expect(code).toBe(exit)
})
