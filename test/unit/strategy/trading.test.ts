// The section `trading`: the terms of the command line in the words of a file, and what cannot be together in it.

import { describe, expect, it } from 'vitest'
import { tradingSettings } from '../../../src/trading/trading-settings.ts'
import { itTells } from './broken-files.ts'
import { edited, parsed, SAMPLE, warningsOf } from './sample.ts'

const trading = (text: string): string => edited(['training:', `${text}\ntraining:`])
const termsOf = (text: string) => parsed(trading(text)).trading

describe('trading', () => {
  it('is absent when the file says nothing of it', () =>
    expect(parsed(SAMPLE)).not.toHaveProperty('trading'))

  it('may be empty, and says nothing then', () => {
    expect(termsOf('trading: {}')).toEqual({})
    expect(tradingSettings({}, termsOf('trading: { costs: {} }'))).toEqual(tradingSettings({}))
  })

  it('says what the options of a backtest say', () => {
    const text = `trading:
  order: stop-limit:1%,0.2%
  order_expiry: 5
  stop_loss: 2atr
  take_profit: 0.04
  trailing_stop: 3%
  max_bars: 20
  size: risk:1%
  lot_step: 0.01
  leverage: 2
  maintenance_margin: none
  max_entries: 3
  reverse: true
  sides: both
  costs:
    commission: 0.05%
    maker_commission: 0
    commission_per_unit: 0.005
    commission_per_order: 1
    min_commission: 2
    slippage: 0.0001
    slippage_of_range: 10%
    slippage_of_volume: 0.1,2.5%
    spread: 0.01%
    prices: bid
    borrow_fee: 1%`
    expect(termsOf(text)).toEqual({
      order: {
        type: 'stop-limit',
        offset: { kind: 'ratio', ratio: 0.01 },
        limit: { kind: 'ratio', ratio: 0.002 },
        expiryBars: null,
      },
      orderExpiry: 5,
      stopLoss: { kind: 'atr', multiple: 2, period: 14 },
      takeProfit: { kind: 'ratio', ratio: 0.04 },
      trailingStop: { kind: 'ratio', ratio: 0.03 },
      maxBars: 20,
      size: { kind: 'risk', ratio: 0.01 },
      lotStep: 0.01,
      leverage: 2,
      maintenanceMargin: null,
      maxEntries: 3,
      reverse: true,
      sides: 'both',
      commission: 0.0005,
      makerCommission: 0,
      commissionPerUnit: 0.005,
      commissionPerOrder: 1,
      minCommission: 2,
      slippage: 0.0001,
      slippageOfRange: 0.1,
      slippageOfVolume: { impact: 0.1, maxShare: 0.025 },
      spread: 0.0001,
      prices: 'bid',
      borrowFee: 0.01,
    })
    expect(warningsOf(trading(text))).toEqual([])
  })

  it('goes short alone where the decisions open shorts', () => {
    for (const decisions of ['allow_short_from_flat: true', 'position_awareness: false'])
      expect(
        parsed(
          edited(
            ['training:', 'trading: { sides: short }\ntraining:'],
            ['confidence_threshold: 0.55', decisions],
          ),
        ).trading,
      ).toEqual({ sides: 'short' })
  })

  it('is where the sections of upstream point to, which are not read', () => {
    const text = edited(['training:', 'risk_management: {}\nbacktesting: {}\ntraining:'])
    expect(warningsOf(text)).toEqual([
      'sample.yaml:33:1 risk_management: ignored: stops and sizes are said in trading',
      'sample.yaml:34:1 backtesting: ignored: costs are said in trading.costs, the capital by ktrdr backtest --capital',
    ])
  })
})

describe('trading, broken', () => {
  const broken = (what: string, text: string, ...lines: string[]) => ({
    what,
    edits: [['training:', `trading: { ${text} }\ntraining:`] as const],
    lines,
  })
  itTells([
    broken(
      'a stop in percent without a sign',
      'stop_loss: 2',
      '33:23 trading.stop_loss: expected a share of the price below 100 % or a multiple of the ATR, as 2% or 2atr, or none, was 2; write for example stop_loss: 2%',
    ),
    broken(
      'an order of another program',
      'order: trailing',
      '33:19 trading.order: expected market, close, limit:DISTANCE, stop:DISTANCE or stop-limit:DISTANCE,DISTANCE, with distances as 0.5% or 1atr, was "trailing"; write for example order: limit:0.5%',
    ),
    broken(
      'a list',
      'size: [1, 2]',
      '33:18 trading.size: expected a share of the equity (25%), cash:10000, units:100, volatility:15% or risk:1%, was [1, 2]; write for example size: 25%',
    ),
    broken(
      'a side in capitals',
      'sides: LONG',
      '33:19 trading.sides: expected one of long, short or both, was "LONG"; did you mean "long"?',
    ),
    broken(
      'a cost beside the costs',
      'commission: 0.001',
      '33:12 trading.commission: is not a key of the format; it belongs in trading.costs',
    ),
    broken(
      'risk without a stop',
      'size: risk:1%',
      '33:18 trading.size: size: risk:1% is what is lost at the stop-loss, and there is none; write for example stop_loss: 2%',
    ),
    broken(
      'risk with a stop that is broken: one mistake, one finding',
      'size: risk:1%, stop_loss: x',
      '33:38 trading.stop_loss: expected a share of the price below 100 % or a multiple of the ATR, as 2% or 2atr, or none, was "x"; write for example stop_loss: 2%',
    ),
    broken(
      'an expiry of nothing',
      'order_expiry: 5',
      '33:26 trading.order_expiry: order_expiry: 5 is for orders that wait, and a market order does not; write for example order: limit:0.5%',
    ),
    broken(
      'a margin that nothing begins with',
      'leverage: 5, maintenance_margin: 0.2',
      '33:45 trading.maintenance_margin: maintenance_margin: 20% closes a position of leverage: 5 as soon as it is opened: it begins with 1/5 of its value; write for example maintenance_margin: 10%',
    ),
    broken(
      'bid prices without a spread',
      'costs: { prices: bid }',
      '33:29 trading.costs.prices: prices: bid says what the bars are prices of, and there is no spread to the ask; write for example spread: 0.01%',
    ),
    broken(
      'shorts alone of decisions without any',
      'sides: short',
      '33:19 trading.sides: is short, but the decisions never open a short; write decisions: {allow_short_from_flat: true}',
    ),
  ])
})
