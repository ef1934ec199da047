// A portfolio traded by rules with brackets, waiting orders, leverage and funding, really killed and resumed.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ktrdr, type RunOptions } from '../support/program.ts'
import { barsCsv } from '../support/world.ts'

const directory = mkdtempSync(join(tmpdir(), 'ktrdr-rules-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const STRATEGY = `name: both
training_data:
  symbols: { mode: multi_symbol, list: [AAA, BBB] }
  timeframes: { mode: multi_timeframe, list: [1h, 4h], base_timeframe: 1h }
indicators:
  fast: { type: sma, period: 3 }
  slow: { type: sma, period: 11 }
rules:
  long: { enter: fast > slow, exit: fast crosses below slow }
  short: { enter: fast crosses below slow@4h, exit: fast > slow }
trading:
  max_entries: 3
  reverse: true
  size: risk:0.5%
  stop_loss: 3atr/5
`

const TRADING: Readonly<Record<string, string>> = {
  'limit orders in brackets':
    '--order limit:0.3atr/4 --order-expiry 3 --take-profit 5atr/5 --leverage 3 --slippage-of-range 5% --slippage-of-volume 0.1,50%',
  'stop-limit orders with trailing stops':
    '--order stop-limit:0.2%,0.3% --trailing-stop 2% --max-bars 40 --leverage 2 --maintenance-margin 30% --spread 0.02%',
  'orders at the close': '--order close --no-reverse --min-commission 2 --leave-open',
}

/** Files of its own: bars of AAA, fewer of BBB, rates of AAA. */
function makeFiles(name: string) {
  const file = (of: string, text: string): string => {
    const path = join(directory, `${name} ${of}`)
    writeFileSync(path, text)
    return path
  }
  const rates = Array.from({ length: 80 }, (_, i) => {
    const stamp = new Date(Date.UTC(2020, 0, 6, i * 8)).toISOString()
    return `${stamp},${((i % 5) - 1) * 1e-4}`
  })
  return {
    strategy: file('both.yaml', STRATEGY),
    aaa: file('AAA.csv', barsCsv(620, 1)),
    bbb: file('BBB.csv', barsCsv(450, 2)),
    funding: file('rates.csv', ['timestamp,value', ...rates, ''].join('\n')),
  }
}

const FILES = ['trades.csv', 'equity.safetensors', 'metrics.json', 'manifest.json']
const bytesIn = (path: string): string[] =>
  FILES.map((name) => readFileSync(join(path, name), 'base64'))

async function answer(args: readonly string[], options: RunOptions): Promise<any> {
  const { code, stderr, json } = await ktrdr([...args, '--json'], options)
  expect(code, stderr).toBe(0)
  return json()
}

describe.concurrent.each(Object.keys(TRADING))('%s', (name) => {
  const files = makeFiles(name)
  const at = (run: string): RunOptions => ({ dataDir: join(directory, `${name} ${run}`) })
  const backtest = (...data: readonly string[]): string[] => [
    'backtest',
    files.strategy,
    ...data.flatMap((each) => ['--data', each]),
    '--funding',
    `AAA=${files.funding}`,
    ...TRADING[name]!.split(' '),
  ]
  const data = [`AAA=${files.aaa}`, `BBB=${files.bbb}`]

  it('killed twice ends with the bytes of an undisturbed run, in another order of symbols, and refuses other rates', async () => {
    const straight = await answer(backtest(...data), at('straight'))
    expect(straight.trades, 'there is something to compare').toBeGreaterThan(20)

    const killed = at('killed')
    const gone = await ktrdr([...backtest(...data.toReversed()), '--checkpoint-every', '20bars'], {
      ...killed,
      fault: 'bar@213:kill',
    })
    expect(gone.signal).toBe('SIGKILL')
    const again = await ktrdr(['operations', 'resume', 'latest'], {
      ...killed,
      fault: 'bar@451:kill',
    })
    expect(again.signal).toBe('SIGKILL')

    const rates = readFileSync(files.funding, 'utf8')
    writeFileSync(files.funding, rates.replace('0.0003', '0.0004'))
    const refused = await ktrdr(['operations', 'resume', 'latest', '--json'], killed)
    expect([refused.code, refused.json().error.code]).toEqual([6, 'FINGERPRINT_CHANGED'])
    expect(refused.json().error.message).toContain('AAA funding')
    expect(refused.json().error.suggestions.join()).toContain(files.funding)
    writeFileSync(files.funding, `${rates}2031-01-01T00:00:00Z,0.5\n`)
    writeFileSync(files.strategy, 'what the run was begun with counts')

    const finished = await answer(['operations', 'resume', 'latest'], killed)
    expect(finished.resumedFrom, 'not from the beginning').not.toBeNull()
    expect(bytesIn(finished.backtest.path)).toEqual(bytesIn(straight.backtest.path))
  })
})
