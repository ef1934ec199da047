// The folds of a walk-forward beside each other, and how much what they chose moved between them.

import { dayText, figureText } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { factTable, note, type Section } from './page.ts'
import type { FoldFacts, StabilityFacts, WalkFacts } from './report-data.ts'

export function foldsSection(walk: WalkFacts): Section {
  const { folds, parameters } = walk
  const isTrained = folds.some(({ valLoss }) => valLoss !== null)
  const heads = [
    'Fold',
    'Train from',
    'Test from',
    'To',
    'Return',
    'Sharpe',
    'Drawdown',
    'Trades',
    'In sample, a year',
    ...(isTrained ? ['Best epoch', 'Validation loss'] : []),
    ...parameters.map(({ name }) => name),
  ]
  return {
    id: 'folds',
    title: 'Folds',
    body: html`<p>
        Each fold was trained and chosen on its train window alone, and traded the bars right after
        it. One account trades all of them; a position that is carried over a border counts where it
        is held.
      </p>
      ${factTable(summaryOf(walk))}
      <div class="scroll" tabindex="0">
        <table class="list">
          <thead>
            <tr>
              ${heads.map((head) => html`<th scope="col">${head}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${folds.map((fold) => foldRow(fold, isTrained, parameters.length))}
          </tbody>
        </table>
      </div>
      ${folds.flatMap(({ fold, reason }) => (reason === null ? [] : [note(`Fold ${fold} came to nothing and was not traded: ${reason}`)]))}`,
  }
}

function summaryOf({
  windows,
  search,
  trials,
  efficiency,
  inSample,
  outOfSample,
  folds,
  deflatedSharpe,
}: WalkFacts): (readonly [string, string])[] {
  const profitable = folds.filter(({ totalReturnRatio }) => totalReturnRatio > 0).length
  const years = `${figureText(outOfSample, 'signed percent')} a year out of sample, ${figureText(inSample, 'signed percent')} in sample`
  return [
    ['Windows', windows],
    ...(search === null ? [] : [['Search', search] as const]),
    [
      'Walk-forward efficiency',
      `${efficiency === null ? 'undefined' : figureText(efficiency, 'percent')}: ${years}`,
    ],
    ['Profitable folds', `${profitable} of ${folds.length}`],
    ...(trials === 1
      ? []
      : [
          [
            'Deflated Sharpe ratio',
            `${figureText(deflatedSharpe, 'percent')}: probability that the Sharpe ratio is more than the luck of ${trials} trials a fold`,
          ] as const,
        ]),
  ]
}

function foldRow(row: FoldFacts, isTrained: boolean, parameters: number): Markup {
  return html`<tr>
    <td>${row.fold}</td>
    <td>${dayText(row.trainFromMs)}</td>
    <td>${dayText(row.testFromMs)}</td>
    <td>${dayText(row.testToMs - 1)}</td>
    <td>
      ${row.outcome === 'traded' ? figureText(row.totalReturnRatio, 'signed percent') : 'failed'}
    </td>
    <td>${figureText(row.sharpeRatio, 'ratio')}</td>
    <td>${figureText(row.maxDrawdownRatio, 'fall')}</td>
    <td>${figureText(row.trades, 'count')}</td>
    <td>${figureText(row.inSampleAnnualizedReturnRatio, 'signed percent')}</td>
    ${
      isTrained &&
      html`<td>${figureText(row.bestEpoch, 'count')}</td>
        <td>${figureText(row.valLoss, 'number')}</td>`
    }
    ${Array.from({ length: parameters }, (_, i) => html`<td>${row.values === null ? '--' : valueText(row.values[i])}</td>`)}
  </tr>`
}

export function stabilitySection({ parameters, folds }: WalkFacts): Section[] {
  if (parameters.length === 0) return []
  const heads = ['Parameter', 'Mean', 'Deviation', 'Lowest', 'Highest', 'Most frequent', 'In folds']
  return [
    {
      id: 'stability',
      title: 'Stability of the parameters',
      short: 'Stability',
      body: html`<p>
          The best values of ${folds.length} folds. Values that a market really rewards stay about
          where they are; values that jump through their range were fitted to noise.
        </p>
        <div class="scroll" tabindex="0">
          <table class="list">
            <thead>
              <tr>
                ${heads.map((head) => html`<th scope="col">${head}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${parameters.map(stabilityRow)}
            </tbody>
          </table>
        </div>`,
    },
  ]
}

function stabilityRow(row: StabilityFacts): Markup {
  return html`<tr>
    <th scope="row">${row.name}</th>
    <td>${figureText(row.mean, 'number')}</td>
    <td>${figureText(row.deviation, 'number')}</td>
    <td>${figureText(row.lowest, 'number')}</td>
    <td>${figureText(row.highest, 'number')}</td>
    <td>${valueText(row.mostFrequent)}</td>
    <td>${figureText(row.mostFrequentShare, 'percent')}</td>
  </tr>`
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return figureText(value, 'number')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
