// The report of a training alone.

import { trainingChart } from './chart-data.ts'
import { figureText } from './figures.ts'
import { fuzzyFigure } from './fuzzy-figure.ts'
import { html } from './markup.ts'
import { note, pageHtml, type PageAssets, type Section } from './page.ts'
import { reproduceSection } from './reproduce-section.ts'
import { isMissing, type FuzzyFacts, type Missing, type TrainingFacts } from './report-data.ts'
import { curvesSection, scoresSection } from './training-sections.ts'

export function trainingReport(
  training: TrainingFacts,
  fuzzySets: readonly FuzzyFacts[] | Missing,
  assets: PageAssets,
): string {
  const { operation, metrics, model, market, range } = training
  const test = metrics['test'] as { readonly accuracy?: number; readonly loss?: number } | null
  const judged = test
    ? `On bars that it has never seen its accuracy is ${figureText(test.accuracy, 'percent')} and its loss ${figureText(test.loss, 'number')}.`
    : 'No bars were held back to judge it.'
  return pageHtml(
    {
      title: `${operation.name}: training`,
      header: html`<h1>${operation.name}</h1>
        <p class="sub">Training · ${market} · ${range}</p>
        <p class="lead">
          Best validation loss ${figureText(metrics['bestValLoss'], 'number')} at epoch
          ${figureText(metrics['bestEpoch'], 'count')}. ${judged}
        </p>
        ${training.warnings.map(note)}`,
      sections: [
        curvesSection(training),
        scoresSection(training),
        fuzzySection(fuzzySets),
        reproduceSection([['The training', operation]]),
      ],
      data: { training: trainingChart(training) },
      result: {
        operationId: operation.operationId,
        type: 'training',
        epochs: training.epochs,
        seed: training.seed,
        metrics,
        model,
      },
      program: operation.program,
    },
    assets,
  )
}

/** @param who is asked about the words */
export function fuzzySection(
  fuzzySets: readonly FuzzyFacts[] | Missing,
  who: 'the network is not told' | 'the rules do not see' = 'the network is not told',
): Section {
  return {
    id: 'fuzzy',
    title: 'Fuzzy sets',
    body: isMissing(fuzzySets)
      ? note(fuzzySets.missing)
      : fuzzySets.length === 0
        ? note('There are no fuzzy sets in it.')
        : html`<p>
              What each word means, over how often the bars had each value. A word over empty ground
              is never used; a crowd under no word is something that ${who}.
            </p>
            <div class="figures">${fuzzySets.map(fuzzyFigure)}</div>`,
  }
}
