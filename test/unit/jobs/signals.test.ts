import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { EQUITY_FILE, readEquityFile } from '../../../src/backtest/equity-file.ts'
import { exactJson, type Json } from '../../../src/core/hash.ts'
import { backtestJob } from '../../../src/jobs/backtest.ts'
import type { Job } from '../../../src/jobs/job.ts'
import { loadSignals, type SignalRequest } from '../../../src/jobs/signal-inputs.ts'
import { defaultDecisions } from '../../../src/strategy/resolve.ts'
import { runThrough } from '../../support/job-runs.ts'
import { makeWorld } from '../../support/world.ts'

const BARS = 120
const world = makeWorld({ bars: BARS })
afterAll(() => world.remove())
const stamps = readFileSync(world.bars, 'utf8')
  .split('\n')
  .slice(1, BARS + 1)
  .map((line) => line.split(',')[0]!)

let files = 0
/** A file of these rows: [bar, cells]. */
function signalFile(head: string, rows: readonly (readonly [number, string])[]): string {
  const path = join(world.directory, `signals-${files++}.csv`)
  const lines = rows.map(([bar, cells]) => `${stamps[bar]},${cells}`)
  writeFileSync(path, `timestamp,${head}\n${lines.join('\n')}\n`)
  return path
}

type Changes = Partial<Omit<SignalRequest, 'signals'>> & {
  readonly decisions?: Partial<SignalRequest['signals']['decisions']>
}

const request = (path: string, { decisions = {}, ...changes }: Changes = {}): SignalRequest => ({
  signals: { path, decisions: { ...defaultDecisions(), ...decisions } },
  traded: { symbols: ['WALK'], timeframe: null },
  data: [{ path: world.bars, symbol: null, used: null }],
  range: { fromMs: null, toMs: null },
  simulation: {
    capital: 100_000,
    commission: 0.001,
    slippage: 0.0005,
    positionSize: 0.25,
    wholeUnits: false,
  },
  ...changes,
})

const run = async (path: string, changes?: Changes) =>
  (await runThrough(backtestJob as Job, request(path, changes) as Json)).bundle.files

const tradesIn = (bundle: Awaited<ReturnType<typeof run>>): number =>
  String(bundle['trades.csv']).trimEnd().split('\n').length - 1

/** What was held into the close of each bar. */
async function heldBy(path: string, changes?: Changes): Promise<string[]> {
  const file = (await run(path, changes))[EQUITY_FILE] as Uint8Array
  const { units } = readEquityFile(file).instruments[0]!
  return Array.from(units, (held) => (held > 0 ? 'LONG' : held < 0 ? 'SHORT' : 'FLAT'))
}

const words = (...rows: [number, string][]) => signalFile('signal', rows)

describe('target positions', () => {
  const SIDES = { '-1': 'SHORT', 0: 'FLAT', 1: 'LONG' } as const

  it('are held from the next open on, and an opposite one by way of flat', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(-1, 0, 1), { minLength: BARS, maxLength: BARS }),
        async (targets) => {
          const path = signalFile(
            'position',
            targets.map((target, bar) => [bar, `${target}`]),
          )
          const expected: number[] = [0]
          for (const target of targets.slice(0, -1)) {
            const now = expected.at(-1)!
            expected.push(now * target < 0 ? 0 : target)
          }
          expect(await heldBy(path)).toEqual(expected.map((side) => SIDES[side as 0]))
        },
      ),
      { numRuns: 20 },
    )
  })

  it('follow no rule for signals, and a bar without a row keeps what is held', async () => {
    const path = signalFile('position', [
      [2, '-1'],
      [5, '0'],
      [6, '1'],
      [9, '-1'],
    ])
    const held = await heldBy(path, { decisions: { minSignalSeparationHours: 1000 } })
    expect(held.slice(0, 12).join(' ')).toBe(
      'FLAT FLAT FLAT SHORT SHORT SHORT FLAT LONG LONG LONG FLAT FLAT',
    )
  })
})

describe('words and probabilities', () => {
  it('are decided by the rules that are given', async () => {
    const path = words([1, 'SELL'], [3, 'BUY'], [6, 'SELL'], [7, 'BUY'])
    const held = async (decisions: Changes['decisions'] = {}) =>
      (await heldBy(path, { decisions }))
        .slice(0, 10)
        .map((side) => side[0])
        .join('')
    expect(await held(), 'no short from flat; 4 h from a fill to an entry').toBe('FFFFLLLFFF')
    expect(await held({ minSignalSeparationHours: 0 })).toBe('FFFFLLLFLL')
    expect(await held({ allowShortFromFlat: true }), 'the BUY only closes').toBe('FFSSFFFFFF')
  })

  it('pass a confidence threshold that they are equal to', async () => {
    const path = signalFile('p_buy,p_hold,p_sell', [[1, '0.7,0.2,0.1']])
    const held = async (confidenceThreshold: number) =>
      (await heldBy(path, { decisions: { confidenceThreshold } }))[2]
    expect(await held(0.7), '0.7 is less in float32').toBe('LONG')
    expect(await held(0.71)).toBe('FLAT')
  })

  it('trade as the positions that they come to', async () => {
    const rules = { decisions: { allowShortFromFlat: true, minSignalSeparationHours: 0 } }
    const path = words([1, 'BUY'], [5, 'SELL'], [6, 'SELL'], [9, 'BUY'])
    const same = signalFile('position', [
      [1, '1'],
      [5, '0'],
      [6, '-1'],
      [9, '0'],
    ])
    const [trades, others] = [await run(path, rules), await run(same)]
    expect(trades['trades.csv']).toBe(others['trades.csv'])
    expect(tradesIn(trades), 'two trades').toBe(2)
  })
})

describe('what is loaded', () => {
  const path = words([1, 'BUY'], [30, 'SELL'], [60, 'BUY'])
  const load = (changes?: Changes, file = path) => loadSignals(request(file, changes))

  it('is the symbol and timeframe that were measured, and the same again from what was resolved', async () => {
    const loaded = await load({ range: { fromMs: Date.parse(stamps[20]!), toMs: null } })
    expect(loaded.inputs).toMatchObject({ timeframe: '1h', isOutOfSample: null })
    expect(loaded.inputs.simulation.instruments[0]).toMatchObject({ symbol: 'WALK', firstBar: 20 })
    expect(loaded.inputs.signals).toEqual({ kind: 'signal', rows: 2, rowsOfNoBar: 0 })
    const again = await loadSignals(JSON.parse(exactJson(loaded.settings)) as SignalRequest)
    expect(again.settings).toEqual(loaded.settings)
    expect(again.settings).toMatchObject({ traded: { symbols: ['WALK'], timeframe: '1h' } })
    expect(again.fingerprints).toEqual(loaded.fingerprints)
    expect(again.headline).toEqual(loaded.headline)
  })

  it('changes its fingerprint with a signal in use, and with none that is not', async () => {
    const { settings, fingerprints } = await load({
      range: { fromMs: null, toMs: Date.parse(stamps[50]!) },
    })
    const resolved = settings as unknown as SignalRequest
    const other = async (...rows: [number, string][]) => {
      const file = { ...resolved.signals, path: words(...rows) }
      return (await loadSignals({ ...resolved, signals: file })).fingerprints
    }
    expect(await other([1, 'BUY'], [30, 'SELL'], [90, 'SELL']), 'after the end').toEqual(
      fingerprints,
    )
    for (const rows of [
      [
        [1, 'BUY'],
        [30, 'HOLD'],
      ],
      [
        [1, 'BUY'],
        [31, 'SELL'],
      ],
      [
        [1, 'BUY'],
        [30, 'SELL'],
        [31, 'HOLD'],
      ],
    ] as [number, string][][]) {
      const { signals, ...rest } = await other(...rows)
      expect(signals).not.toBe(fingerprints['signals'])
      expect({ ...rest, signals: fingerprints['signals'] }).toEqual(fingerprints)
    }
  })

  it('does not mind rows behind the last bar, the last one half', async () => {
    const file = words([1, 'BUY'], [30, 'SELL'])
    const range = { fromMs: null, toMs: Date.parse(stamps[50]!) }
    const { settings, fingerprints } = await load({ range }, file)
    appendFileSync(file, `${stamps[60]}\n${stamps[61]},BU`)
    expect((await loadSignals(settings as unknown as SignalRequest)).fingerprints).toEqual(
      fingerprints,
    )
    await expect(load({}, file), 'in use it is refused').rejects.toMatchObject({
      message: expect.stringContaining('signal is "BU"') as string,
    })
  })

  it('warns of rows at no bar, those outside of the range aside', async () => {
    const file = words([1, 'BUY'])
    appendFileSync(
      file,
      `${stamps[2]!.replace(':00:00', ':30:00')},SELL\n2031-01-01T00:00:00Z,BUY\n`,
    )
    const { warnings, inputs } = await load({}, file)
    expect(inputs.signals).toMatchObject({ rows: 1, rowsOfNoBar: 1 })
    expect(warnings.join()).toMatch(
      /^1 row of .* is stamped at no bar and ignored; the first is of 2020-01-06T02:30/,
    )
  })

  it('is refused when no row is of a bar, saying both ranges', async () => {
    const file = words([1, 'BUY'])
    const later = { range: { fromMs: Date.parse(stamps[50]!), toMs: null } }
    await expect(load(later, file)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('No row of') as string,
    })
  })

  it('is refused with rules for expected returns, but positions need none', async () => {
    const regression = { decisions: { outputFormat: 'regression' } } as const
    await expect(load(regression)).rejects.toMatchObject({ code: 'USAGE' })
    expect(await heldBy(signalFile('position', [[1, '1']]), regression)).toContain('LONG')
  })

  it('is refused when all bars lie before the range', async () => {
    const range = { fromMs: Date.parse('2031-01-01'), toMs: null }
    await expect(load({ range })).rejects.toMatchObject({
      message: expect.stringContaining('There are no bars of WALK 1h in') as string,
    })
  })

  it('is refused with bars of two files when nothing says which', async () => {
    const file = { path: world.bars, symbol: null, used: null }
    await expect(load({ data: [file, file] })).rejects.toMatchObject({ code: 'USAGE' })
  })
})

it('a run that is stopped at any bar and goes on has the same trades and equity', async () => {
  const path = signalFile(
    'position',
    stamps.map((_, bar) => [bar, String(((bar * 7) % 5 > 2 ? 1 : -1) * (bar % 3 === 0 ? 0 : 1))]),
  )
  const { inputs } = await loadSignals(request(path))
  const straight = await run(path)
  expect(tradesIn(straight)).toBeGreaterThan(13)
  for (let bar = 1; bar < BARS; bar += 7) {
    const state = backtestJob.begin(inputs)
    backtestJob.advance(state, inputs, bar)
    const resumed = backtestJob.decode(structuredClone(backtestJob.encode(state)), inputs)
    backtestJob.advance(resumed, inputs, Infinity)
    expect(backtestJob.finish(resumed, inputs).bundle.files, `stopped at ${bar}`).toEqual(straight)
  }
})

it('the strategy of nothing has upstream’s rules of decision', () => {
  // Reference: ktrdr at 2c5c717, decision orchestrator and strategy defaults.
  expect(defaultDecisions()).toMatchObject({
    outputFormat: 'classification',
    confidenceThreshold: 0.5,
    positionAwareness: true,
    allowShortFromFlat: false,
    minSignalSeparationHours: 4,
    minSignalSeparationBars: 0,
  })
})
