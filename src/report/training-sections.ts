// What a report says of a training: its curves, how good the model is on bars that nothing has seen, and where it
// confuses what.

import type { Json } from '../core/hash.ts'
import { figureText, metricLabel, orderedKeys } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { chart, factTable, note, type Section } from './page.ts'
import type { Figures, TrainingFacts } from './report-data.ts'

export function curvesSection(training: TrainingFacts): Section {
  const { metrics, epochs, seed, resumes, checkpoints, history } = training
  const stopped = metrics['stoppedEarly'] === true ? ', stopped early' : ''
  return {
    id: 'training',
    title: 'Training',
    body: html`<p>
        ${training.market}, ${training.range}. ${epochs} epochs${stopped}, the weights of epoch
        ${figureText(metrics['bestEpoch'], 'count')} became the model; seed ${seed}.
        ${resumesText(resumes.length)}
      </p>
      ${chart('loss', `Training and validation loss of ${history['epoch']?.length ?? 0} epochs`)}
      ${chart('accuracy', 'Training and validation accuracy by epoch')}
      ${resumes.length > 0 && html`<p class="legend"><span class="mark resumed">resumed</span> ${resumes.map(({ text }) => html`<span class="line">${text}</span>`)}</p>`}
      ${checkpoints.length > 0 && html`<p class="legend"><span class="mark saved">checkpoints that are kept</span> ${checkpoints.map(({ text }) => text).join(', ')}</p>`}`,
  }
}

function resumesText(count: number): string {
  if (count === 0) return 'It ran through in one go.'
  return `It was resumed ${count === 1 ? 'once' : `${count} times`}; the curves are those of an undisturbed run, to the byte.`
}

export function scoresSection(training: TrainingFacts): Section {
  const test = training.metrics['test'] as Figures | null | undefined
  const body = test
    ? html`<p>
          On the test slice, the last part of the bars, which no epoch, schedule or stopping has
          seen.
        </p>
        <div class="columns">${scoresTable(test)}${classTable(test)}</div>
        ${regressionNote(test)}`
    : note('Nothing was held back to test the model on.')
  return { id: 'scores', title: 'Scores on the test slice', short: 'Test', body }
}

function scoresTable(test: Figures): Markup {
  const keys = orderedKeys(Object.keys(test).filter((key) => typeof test[key] === 'number'))
  return factTable(
    keys.map((key) => {
      const { label, unit } = metricLabel(key)
      return [label, figureText(test[key], unit)]
    }),
  )
}

type ClassScore = {
  readonly class: string
  readonly precision: number | null
  readonly recall: number | null
  readonly support: number
}

function classTable({ perClass, confusion }: Figures): Markup | null {
  if (!Array.isArray(perClass) || !Array.isArray(confusion)) return null
  const scores = perClass as readonly Json[] as readonly ClassScore[]
  const matrix = confusion as readonly (readonly number[])[]
  return html`<table class="matrix">
    <caption>
      Rows by actual class (down) and predicted class (across)
    </caption>
    <thead>
      <tr>
        <th scope="col">actual</th>
        ${scores.map((score) => html`<th scope="col">${score.class}</th>`)}
        <th scope="col">recall</th>
        <th scope="col">precision</th>
      </tr>
    </thead>
    <tbody>
      ${scores.map(
        (score, row) =>
          html`<tr>
            <th scope="row">${score.class}</th>
            ${(matrix[row] ?? []).map(
              (count, column) =>
                html`<td class="h${shade(count, score.support)}${row === column ? ' right' : ''}">
                  ${count}
                </td>`,
            )}
            <td>${figureText(score.recall, 'percent')}</td>
            <td>${figureText(score.precision, 'percent')}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

/** 0 … 9: the share of its row. */
function shade(count: number, support: number): number {
  return support === 0 ? 0 : Math.round((9 * count) / support)
}

function regressionNote({ perClass, r2AgainstZero }: Figures): Markup | null {
  if (perClass !== null || typeof r2AgainstZero !== 'number' || r2AgainstZero > 0) return null
  return note('Its errors are no smaller than those of always forecasting 0.')
}
