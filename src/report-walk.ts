// From the record of a walk-forward and the files of its result to what its report is made of: that of a backtest, with
// its folds.

import { barCacheOf } from './data/bar-cache.ts'
import type { Timeframe } from './data/bars.ts'
import type { Layout } from './core/layout.ts'
import type { FoldRow } from './jobs/walk-forward-outcome.ts'
import type { WalkForwardRequest } from './jobs/walk-forward-inputs.ts'
import { ruleTexts } from './jobs/rule-inputs.ts'
import type { OperationDetails } from './operations/views.ts'
import { operationFacts, placeOf, walkForwardCommand, type Page } from './report-facts.ts'
import { pageAssets, resultCurve, resultFile } from './report-files.ts'
import { symbolFacts, type LookedAt } from './report-market.ts'
import { backtestReport } from './report/backtest-report.ts'
import {
  isMissing,
  type Account,
  type BacktestFacts,
  type Figures,
  type Missing,
  type StabilityFacts,
  type WalkFacts,
} from './report/report-data.ts'
import { readTrades } from './report/result-files.ts'
import { inputsOfRules } from './rules/inputs-of-rules.ts'
import { parseAnyStrategy } from './strategy/load-strategy.ts'
import { hasRules, type RuleStrategy, type Strategy } from './strategy/strategy.ts'

const SEARCHED: Missing = {
  missing: 'Each fold has values of its own: there is no one strategy to look at.',
}

/** @throws FILE_NOT_FOUND and DATA_INVALID for results that are gone or changed */
export async function ofWalkForward(
  { layout }: { readonly layout: Layout },
  details: OperationDetails,
): Promise<Page> {
  const { operationId, fingerprints } = details
  const result = details.result as Figures
  const request = details.settings as unknown as WalkForwardRequest
  const { path: directory } = placeOf(details, 'walkforward')
  const symbol = String(result['symbol'])
  const trades = resultFile(operationId, directory, 'trades.csv', result['tradesSha256'])
  resultFile(operationId, directory, 'folds.csv', result['foldsSha256'])
  const { name, curve } = resultCurve(operationId, directory, result['equitySha256'], symbol)
  const timeframe = String(result['timeframe']) as Timeframe
  const { text, path } = request.strategy.snapshot!
  const { strategy } = parseAnyStrategy(text, path)
  const symbols = await symbolFacts(
    {
      data: request.data,
      range: request.range,
      timeframe,
      fingerprints,
      cache: barCacheOf(layout),
    },
    request.search === null ? lookedAt(strategy) : SEARCHED,
    curve,
  )
  const facts: BacktestFacts = {
    operation: operationFacts(
      details,
      walkForwardCommand(request),
      {
        'trades.csv': String(result['tradesSha256']),
        [name]: String(result['equitySha256']),
        'folds.csv': String(result['foldsSha256']),
      },
      directory,
    ),
    symbols,
    timeframe,
    isOutOfSample: result['isOutOfSample'] as boolean | null,
    account: result['account'] as unknown as Account,
    hasFunding: request.funding.length > 0,
    result,
    metrics: result['metrics'] as Figures,
    trades: readTrades(new TextDecoder().decode(trades), symbol),
    curve,
    decidedBy: hasRules(strategy) ? ruleTexts(strategy) : 'network',
    training: null,
    walk: walkFacts(result, request),
    warnings: result['warnings'] as unknown as readonly string[],
  }
  const missing = symbols.flatMap(({ market }) => (isMissing(market) ? [market.missing] : []))
  return { page: backtestReport(facts, pageAssets()), missing: [...new Set(missing)] }
}

function lookedAt(strategy: Strategy | RuleStrategy): LookedAt {
  if (!hasRules(strategy)) return strategy
  return { ...strategy, inputs: inputsOfRules(strategy.rules, strategy.baseTimeframe) }
}

function walkFacts(result: Figures, { search, isAnchored }: WalkForwardRequest): WalkFacts {
  const { train, test, step } = result['windows'] as Readonly<Record<string, string>>
  const searched = (result['search'] ?? { trials: 1 }) as Figures
  const trials = Number(searched['trials'])
  const metrics = result['metrics'] as Figures
  const figure = (value: unknown): number | null => (typeof value === 'number' ? value : null)
  return {
    windows: `train ${train}${isAnchored ? ' and more: all bars before' : ''}, test ${test}, every ${step}`,
    search:
      search === null
        ? null
        : `${trials} trials a fold by ${search.method}, objective ${String(searched['objective'])}, seed ${search.seed}`,
    trials,
    folds: result['folds'] as unknown as readonly FoldRow[],
    parameters: result['parameters'] as unknown as readonly StabilityFacts[],
    efficiency: figure(result['walkForwardEfficiencyRatio']),
    inSample: figure(result['inSampleAnnualizedReturnRatio']),
    outOfSample: figure(metrics['annualizedReturnRatio']),
    deflatedSharpe: figure(metrics['deflatedSharpeRatio']),
  }
}
