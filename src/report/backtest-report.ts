// The report of a backtest: what happened, how it was decided, what was assumed, and how to get it again.

import { marketChart, tradeColumns, tradesShown, trainingChart } from './chart-data.ts'
import {
  drawdownsSection,
  equitySection,
  headerOf,
  priceSection,
  returnsSection,
  symbolsText,
} from './backtest-sections.ts'
import { assumptionsSection } from './assumptions-section.ts'
import { foldsSection, stabilitySection } from './folds-section.ts'
import { metricsSection } from './metrics-section.ts'
import { reasonsSection } from './reasons-section.ts'
import { note, pageHtml, type PageAssets, type Section } from './page.ts'
import { reproduceSection } from './reproduce-section.ts'
import {
  isMissing,
  type BacktestFacts,
  type Figures,
  type FuzzyFacts,
  type Missing,
  type SymbolFacts,
} from './report-data.ts'
import { rulesSection } from './rules-section.ts'
import { tradesSection } from './trades-section.ts'
import { fuzzySection } from './training-report.ts'
import { curvesSection, scoresSection } from './training-sections.ts'

export function backtestReport(facts: BacktestFacts, assets: PageAssets): string {
  const { operation, symbols, result, timeframe, trades, decidedBy, walk } = facts
  const [type, called] = walk ? ['walkforward', 'walk-forward'] : ['backtesting', 'backtest']
  const view = marketChart(facts)
  const isOfRules = typeof decidedBy !== 'string'
  const fuzzySets = fuzzySetsOf(symbols)
  const hasWords = isMissing(fuzzySets) || fuzzySets.length > 0
  const training = facts.training === null || isMissing(facts.training) ? null : facts.training
  const metrics = without(result['metrics'] as Figures, ['monthlyReturns', 'yearlyReturns'])
  return pageHtml(
    {
      title: `${operation.name} ${symbolsText(facts)} ${timeframe}: ${called}`,
      header: headerOf(facts),
      sections: [
        equitySection(view),
        ...(walk ? [foldsSection(walk), ...stabilitySection(walk)] : []),
        priceSection(facts, view),
        returnsSection(facts),
        drawdownsSection(facts),
        tradesSection(facts, tradesShown(trades).length),
        ...(isOfRules ? [rulesSection(decidedBy)] : []),
        ...(isOfRules && !hasWords
          ? []
          : [
              reasonsSection(facts),
              fuzzySection(fuzzySets, isOfRules ? 'the rules do not see' : undefined),
            ]),
        ...trainingSections(facts),
        metricsSection(facts),
        assumptionsSection(facts),
        reproduceSection([
          ...(training === null ? [] : [['The model', training.operation] as const]),
          [`The ${called}`, operation],
        ]),
      ],
      data: {
        market: view,
        trades: tradeColumns(facts),
        ...(training === null ? {} : { training: trainingChart(training) }),
      },
      result: {
        operationId: operation.operationId,
        type,
        ...without(result, ['curve', 'rejections']),
        metrics,
      },
      program: operation.program,
    },
    assets,
  )
}

/** What the page draws, or lists, need not stand in it twice. */
function without(figures: Figures, keys: readonly string[]): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([key]) => !keys.includes(key)))
}

/** None where nothing was trained. */
function trainingSections({ training }: BacktestFacts): Section[] {
  if (training === null) return []
  return isMissing(training)
    ? [{ id: 'training', title: 'Training', body: note(training.missing) }]
    : [curvesSection(training), scoresSection(training)]
}

/** Over the values of all symbols. */
function fuzzySetsOf(symbols: readonly SymbolFacts[]): readonly FuzzyFacts[] | Missing {
  const found = symbols.map(({ market }) => (isMissing(market) ? market : market.fuzzySets))
  const [first, ...others] = found.flatMap((sets) => (isMissing(sets) ? [] : [sets]))
  if (first === undefined) return found.find(isMissing)!
  if (others.length === 0) return first
  return first.map((set, i) => ({
    ...set,
    values: joined([set, ...others.map((sets) => sets[i]!)].map(({ values }) => values)),
  }))
}

function joined(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const column of columns) {
    all.set(column, at)
    at += column.length
  }
  return all
}
