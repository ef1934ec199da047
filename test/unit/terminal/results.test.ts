import { describe, expect, it } from 'vitest'
import { resultScreen, stoppedScreen } from '../../../src/terminal/results.ts'

type Report = Parameters<typeof stoppedScreen>[0] & Parameters<typeof resultScreen>[0]

const RUN: Report = {
  operationId: 'op_training_20241213_143022_abc123',
  type: 'training',
  name: 'momentum',
  status: 'completed',
  cursor: { unit: 'epoch', at: 100, of: 100, within: null },
  checkpoint: null,
  resumable: false,
}

const TRAINING: Report = {
  ...RUN,
  epochs: 87,
  seed: 42,
  model: { sha256: 'f'.repeat(64), path: '/data/models/momentum/EURUSD_1h/v3', version: 3 },
  metrics: {
    trainLoss: 0.28,
    valLoss: 0.31,
    bestValLoss: 0.29,
    bestEpoch: 62,
    stoppedEarly: true,
    // As it was recorded before there were more figures.
    test: { rows: 4610, loss: 0.3012, accuracy: 0.584, f1: 0.6012, meanAbsoluteError: null },
  },
}

const hold = {
  totalReturnRatio: 0.019,
  annualizedReturnRatio: 0.025,
  volatilityRatio: 0.078,
  sharpeRatio: 0.31,
  maxDrawdownRatio: 0.066,
}

const METRICS = {
  ...hold,
  totalReturnRatio: 0.124,
  annualizedReturnRatio: 0.169,
  sharpeRatio: 1.74,
  sortinoRatio: 2.6,
  calmarRatio: 3.25,
  maxDrawdownDays: 38.2,
  exposureRatio: 0.41,
  trades: 187,
  winRateRatio: 0.54,
  profitFactor: 1.48,
  expectancyRatio: 0.0013,
  averageHoldingBars: 14,
  longestLosingRun: 5,
  costsRatio: 0.026,
  barsPerYear: 6210,
  buyAndHold: hold,
}

/** What newer records have besides. */
const DETAILS = {
  probabilisticSharpeRatio: 0.9312,
  omegaRatio: 1.234,
  valueAtRisk95Ratio: 0.011,
  conditionalValueAtRisk95Ratio: 0.0183,
  beta: 0.2939,
  alphaRatio: 0.063,
  payoffRatio: 1.792,
  systemQualityNumber: -0.8033,
  bestTradeRatio: 0.154,
  worstTradeRatio: -0.088,
  long: { trades: 120, winRateRatio: 0.6, profitFactor: 2.5, netProfit: 14_711.2 },
  short: { trades: 67, winRateRatio: 0.4, profitFactor: null, netProfit: -2310.8 },
  buyAndHold: { ...hold, sortinoRatio: 0.5, calmarRatio: 0.375 },
}

const CURVE = Array.from({ length: 120 }, (_, i) => 100_000 + (i < 60 ? -i * 100 : i * 100))

const BACKTEST: Report = {
  ...RUN,
  type: 'backtesting',
  symbol: 'EURUSD',
  timeframe: '1h',
  range: { firstMs: Date.UTC(2023, 3, 3), lastMs: Date.UTC(2023, 11, 29), bars: 4610 },
  isOutOfSample: true,
  account: { commission: 0.0002, slippage: 0.0001, capital: 100_000 },
  metrics: METRICS,
  finalEquity: 112_400.4,
  rejectedOrders: { zeroSize: 0, noEquity: 0 },
  equitySha256: 'e'.repeat(64),
  tradesSha256: 'd'.repeat(64),
  backtest: { path: '/data/results/momentum/EURUSD_1h/v1' },
}

const withMetrics = (
  changes: Partial<Record<keyof typeof METRICS | keyof typeof DETAILS, unknown>>,
): Report => ({
  ...BACKTEST,
  metrics: { ...METRICS, ...changes },
})

describe('the result of a training', () => {
  it('names the model, its epochs, losses, the judgement on what was held back, and the hash', () => {
    expect(resultScreen(TRAINING).split('\n')).toEqual([
      'Model    momentum@3  /data/models/momentum/EURUSD_1h/v3',
      'Epochs   87 (stopped early), best 62, seed 42',
      'Loss     train 0.28  validation 0.31  best 0.29',
      'Test     loss 0.3012  accuracy 58.4%  F1 0.6012  4 610 rows',
      `SHA-256  ${'f'.repeat(64)}`,
    ])
  })

  it('says when there is nothing to judge on', () => {
    const metrics = { ...(TRAINING['metrics'] as object), test: null, stoppedEarly: false }
    const screen = resultScreen({ ...TRAINING, metrics })
    expect(screen).toContain('Test     nothing was held back')
    expect(screen).toContain('Epochs   87, best 62, seed 42')
  })

  it('judges a regression by its error', () => {
    const test = { rows: 10, loss: 0.1, accuracy: 0.6, f1: null, meanAbsoluteError: 0.0123 }
    const metrics = { ...(TRAINING['metrics'] as object), test }
    expect(resultScreen({ ...TRAINING, metrics })).toContain('mean absolute error 0.0123')
  })
})

describe('the result of a backtest', () => {
  it('has buy and hold beside every figure that it has too', () => {
    expect(resultScreen(BACKTEST).split('\n')).toEqual([
      'momentum  EURUSD 1h   2023-04-03 … 2023-12-29   4 610 bars   OUT OF SAMPLE   commission 0.02 %, slippage 0.01 %',
      '',
      '                    strategy  buy & hold',
      'Return                +12.4%       +1.9%',
      'Return, annual        +16.9%       +2.5%',
      'Volatility, annual      7.8%        7.8%  6 210 bars a year',
      'Sharpe                  1.74        0.31',
      'Sortino                  2.6          --',
      'Max drawdown           -6.6%       -6.6%  38 days below the peak',
      'Calmar                  3.25          --',
      'Exposure               41.0%      100.0%',
      'Trades                   187              of 14 bars on average',
      'Win rate               54.0%              longest losing run 5',
      'Profit factor           1.48',
      'Expectancy            +0.13%              a trade',
      'Costs paid              2.6%              of the capital',
      'Final equity         112 400              from 100 000',
      '',
      'Results  /data/results/momentum/EURUSD_1h/v1',
      `Trades   sha256 ${'d'.repeat(64)}`,
      `Equity   sha256 ${'e'.repeat(64)}`,
      'Report   ktrdr report abc123 --open',
    ])
  })

  it('has the figures that newer records add, both sides apart, and the equity as a curve', () => {
    const screen = resultScreen({ ...withMetrics(DETAILS), curve: CURVE }, 80)
    expect(screen.split('\n').slice(3)).toEqual([
      '                    strategy  buy & hold',
      'Return                +12.4%       +1.9%',
      'Return, annual        +16.9%       +2.5%',
      'Volatility, annual      7.8%        7.8%  6 210 bars a year',
      'Sharpe                  1.74        0.31  arithmetic; above 0 with 93.1% (PSR)',
      'Sortino                  2.6         0.5  Omega 1.234',
      'Max drawdown           -6.6%       -6.6%  38 days below the peak',
      'Calmar                  3.25       0.375  VaR 1.1%, CVaR 1.8% a bar (95%)',
      'Exposure               41.0%      100.0%  beta 0.2939, alpha +6.3% a year',
      'Trades                   187              of 14 bars on average',
      'Win rate               54.0%              longest losing run 5',
      'Profit factor           1.48              payoff 1.792, SQN -0.8033',
      'Expectancy            +0.13%              a trade; best +15.4%, worst -8.8%',
      'Costs paid              2.6%              of the capital',
      'Final equity         112 400              from 100 000',
      '',
      'Long    120 trades, 60.0% won, profit factor 2.5, net +14 711',
      'Short   67 trades, 40.0% won, profit factor --, net -2 311',
      'Equity  ▃▃▃▃▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▁▁▁▁▁▆▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇▇▇▇██████  ▁ 94 100  █ 111 900',
      '',
      'Results  /data/results/momentum/EURUSD_1h/v1',
      `Trades   sha256 ${'d'.repeat(64)}`,
      `Equity   sha256 ${'e'.repeat(64)}`,
      'Report   ktrdr report abc123 --open',
    ])
  })

  it('names three kinds of costs, and counts the others', () => {
    const costs = { spread: 0.0002, borrowFee: 0.005 }
    const account = { commission: 0.0002, slippage: 0, capital: 1, costs }
    const heading = (of: object) => resultScreen({ ...BACKTEST, account: of }).split('\n')[0]
    expect(heading(account)).toMatch(
      / {3}commission 0\.02 %, slippage 0 %, spread 0\.02 % and 1 other cost$/,
    )
    expect(heading({ ...account, costs: { borrowFee: 0.005 } })).toMatch(
      /, borrow fee 0\.5 % a year$/,
    )
  })

  it('counts what closed the trades, where there is more than signals', () => {
    const exits = [
      { reason: 'signal', trades: 3, netProfit: 1234.5 },
      { reason: 'stop loss', trades: 2, netProfit: -80.25 },
    ]
    const screen = (exitsByReason: object[]) =>
      resultScreen({ ...BACKTEST, metrics: { ...METRICS, ...DETAILS, exitsByReason } })
    expect(screen(exits)).toContain('\nExits  signal 3 (+1 235), stop loss 2 (-80.25)\n')
    expect(screen(exits.slice(0, 1))).not.toContain('Exits')
  })

  it('does not take one side apart from nothing', () => {
    const short = { ...DETAILS.short, trades: 0 }
    expect(resultScreen(withMetrics({ ...DETAILS, short }))).not.toMatch(/^(Long|Short) /m)
  })

  it('keeps what stands beside the figures in 80 columns, however large they are', () => {
    const wild = {
      probabilisticSharpeRatio: 1,
      omegaRatio: 0.012_34,
      valueAtRisk95Ratio: 0.2345,
      conditionalValueAtRisk95Ratio: 0.3456,
      beta: -0.012_34,
      alphaRatio: -1.2345,
      payoffRatio: 0.012_34,
      systemQualityNumber: -0.012_34,
      bestTradeRatio: 1.2345,
      worstTradeRatio: -1.2345,
    }
    expect(resultScreen(withMetrics({ ...DETAILS, ...wild }), 80)).toContain('(PSR)')
  })

  it('shows "--" for what is not defined, and no sign on no drawdown', () => {
    const screen = resultScreen(
      withMetrics({
        trades: 0,
        winRateRatio: null,
        profitFactor: null,
        averageHoldingBars: null,
        maxDrawdownRatio: 0,
        maxDrawdownDays: null,
      }),
    )
    expect(screen).toMatch(/^Win rate +-- /m)
    expect(screen).toMatch(/^Profit factor +--$/m)
    expect(screen).toMatch(/^Trades +0$/m)
    expect(screen).toMatch(/^Max drawdown +0\.0% +-6\.6%$/m)
    expect(screen).not.toContain('NaN')
  })

  it('warns of a small sample, of a range that was trained on, and of orders that were not filled', () => {
    const screen = resultScreen({
      ...withMetrics({ trades: 12 }),
      isOutOfSample: false,
      rejectedOrders: { zeroSize: 3, noEquity: 0 },
    })
    expect(screen).toContain('! 12 trades are a small sample.')
    expect(resultScreen(withMetrics({ trades: 1 }))).toContain('! 1 trade is a small sample.')
    expect(resultScreen(withMetrics({ trades: 0 }))).toContain('! It never traded.')
    expect(screen).toContain('IN SAMPLE')
    expect(screen).toContain('! The range overlaps what the model was trained on')
    expect(screen).toContain('! 3 orders were not filled: too small for one unit')
    expect(screen, 'a reason that did not occur').not.toContain('no equity')
  })

  it.each([
    ['the signals came from a file', { signals: {} }, 'SIGNALS OF A FILE'],
    ['rules decided', {}, 'RULES, NOT TRAINED'],
  ])('says nothing of a sample when %s', (_, facts, said) => {
    const screen = resultScreen({ ...BACKTEST, ...facts, isOutOfSample: null })
    expect(screen).toContain(said)
    expect(screen).not.toMatch(/(IN|OUT OF) SAMPLE|was trained on/)
  })

  it.each([40, 80])('has no line that a terminal of %d columns must break but hashes', (room) => {
    const long = resultScreen({ ...withMetrics(DETAILS), curve: CURVE }, room)
      .split('\n')
      .filter((line) => line.length > room && !/sha256|Results/.test(line))
    expect(long).toEqual([])
  })
})

describe('the result of another kind of work', () => {
  it('is its plain facts, unmasked', () => {
    expect(resultScreen({ ...RUN, type: 'wonder', best: 'a\u001Bb' })).toContain('a\\u001bb')
  })
})

describe('what was stopped', () => {
  const stopped: Report = {
    ...RUN,
    status: 'cancelled',
    cursor: { unit: 'epoch', at: 29, of: 100, within: { unit: 'batch', at: 120, of: 400 } },
    checkpoint: { sizeBytes: 468_600_000 },
    resumable: true,
  }

  it('says where, what is saved, and how to go on', () => {
    expect(stoppedScreen(stopped)).toBe(
      'Cancelled at epoch 29 of 100 (+120/400 batches). Checkpoint saved (468.6 MB).\n' +
        'To continue:  ktrdr operations resume op_training_20241213_143022_abc123',
    )
  })

  it('says to where one goes back when the last save was not awaited', () => {
    expect(stoppedScreen({ ...stopped, checkpoint: null })).toContain(
      'Cancelled without saving. What was saved before is there: epoch 29 of 100',
    )
  })

  it('does not offer a resume when there is nothing to resume from', () => {
    expect(stoppedScreen({ ...stopped, checkpoint: null, resumable: false })).toBe(
      'Cancelled without saving. There is no checkpoint: it cannot be resumed.',
    )
  })
})
