// The report of a backtest: what happened, how it was decided, what was assumed, and how to get it again.

import { marketChart, tradeColumns, tradesShown, trainingChart } from './chart-data.ts'
import {
  drawdownsSection,
  equitySection,
  headerOf,
  priceSection,
  returnsSection,
  tradesSection,
} from './backtest-sections.ts'
import { assumptionsSection } from './assumptions-section.ts'
import { metricsSection } from './metrics-section.ts'
import { reasonsSection } from './reasons-section.ts'
import { note, pageHtml, type PageAssets, type Section } from './page.ts'
import { reproduceSection } from './reproduce-section.ts'
import { isMissing, type BacktestFacts, type Figures } from './report-data.ts'
import { fuzzySection } from './training-report.ts'
import { curvesSection, scoresSection } from './training-sections.ts'

export function backtestReport(facts: BacktestFacts, assets: PageAssets): string {
  const { operation, market, training, result, symbol, timeframe, trades } = facts
  const view = marketChart(facts)
  const ofModel: Section[] = isMissing(training)
    ? [{ id: 'training', title: 'Training', body: note(training.missing) }]
    : [curvesSection(training), scoresSection(training)]
  const { curve: _, metrics: measured, ...figures } = result
  const { monthlyReturns: __, yearlyReturns: ___, ...metrics } = measured as Figures
  return pageHtml(
    {
      title: `${operation.name} ${symbol} ${timeframe}: backtest`,
      header: headerOf(facts),
      sections: [
        equitySection(view),
        priceSection(facts, view),
        returnsSection(facts),
        drawdownsSection(facts),
        tradesSection(facts, tradesShown(trades).length),
        reasonsSection(facts),
        fuzzySection(isMissing(market) ? market : market.fuzzySets),
        ...ofModel,
        metricsSection(facts),
        assumptionsSection(facts),
        reproduceSection([
          ...(isMissing(training) ? [] : [['The model', training.operation] as const]),
          ['The backtest', operation],
        ]),
      ],
      data: {
        market: view,
        trades: tradeColumns(trades),
        ...(isMissing(training) ? {} : { training: trainingChart(training) }),
      },
      result: { operationId: operation.operationId, type: 'backtesting', ...figures, metrics },
      program: operation.program,
    },
    assets,
  )
}
