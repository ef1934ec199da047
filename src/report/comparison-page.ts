// The page of `ktrdr compare`: the curves over each other, and the table of their metrics.

import { bucketsOf, pick } from './buckets.ts'
import { doubles, floats } from './column-text.ts'
import type { ComparedRun, ComparisonRow } from './comparison.ts'
import { html } from './markup.ts'
import { chart, factTable, pageHtml, type PageAssets, type Section } from './page.ts'
import type { EquityCurve } from './result-files.ts'

/** Of each curve; together they fit into a page. */
const MOST_POINTS = 20_000

export type ComparedCurve = {
  readonly curve: Pick<EquityCurve, 'timeMs' | 'equity' | 'length'>
  readonly capital: number
}

export function comparisonPage(
  runs: readonly ComparedRun[],
  rows: readonly ComparisonRow[],
  curves: readonly ComparedCurve[],
  program: string,
  assets: PageAssets,
): string {
  const names = runs.map(({ name, label }) => `${name} ${label}`)
  const overlay: Section[] =
    curves.length === 0
      ? []
      : [
          {
            id: 'equity',
            title: 'Equity',
            body: html`<p>Gain or loss since the first bar of each, in percent of its capital.</p>
              ${chart('overlay', `Gain or loss of ${names.join(', ')}`)}`,
          },
        ]
  return pageHtml(
    {
      title: `Comparison: ${names.join(', ')}`,
      header: html`<h1>${runs.length} runs compared</h1>
        <p class="sub">${[...new Set(runs.map(({ name }) => name))].join(', ')}</p>`,
      sections: [
        ...overlay,
        {
          id: 'metrics',
          title: 'Metrics',
          body: html`<p class="hint">The best of each row is bold.</p>
            <div class="scroll" tabindex="0">
              <table class="list">
                <thead>
                  <tr>
                    <th scope="col"></th>
                    ${names.map((name) => html`<th scope="col">${name}</th>`)}
                  </tr>
                </thead>
                <tbody>
                  ${rows.map(
                    ({ label, texts, best }) =>
                      html`<tr>
                        <th scope="row">${label}</th>
                        ${texts.map((text, i) => html`<td${best.includes(i) && html` class="best"`}>${text}</td>`)}
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`,
        },
        {
          id: 'runs',
          title: 'Runs',
          body: factTable(
            runs.map(({ operationId, name, market, range, trading }) => [
              operationId,
              [name, market, range, trading].filter(Boolean).join(', '),
            ]),
          ),
        },
      ],
      data: {
        overlay: curves.map((one, i) => ({ name: names[i]!, ...gainColumns(one, curves.length) })),
      },
      result: { runs, rows },
      program,
    },
    assets,
  )
}

function gainColumns({ curve, capital }: ComparedCurve, curves: number) {
  const buckets = bucketsOf(curve.length, Math.floor(MOST_POINTS / curves))
  return {
    time: doubles(pick(curve.timeMs, buckets, 'last').map((ms) => ms / 1000)),
    values: floats(pick(curve.equity, buckets, 'last').map((equity) => equity / capital - 1)),
  }
}
