// The report of a search.

import { figureText, metricLabel } from './figures.ts'
import { heatTable } from './heat-table.ts'
import { html, type Markup } from './markup.ts'
import { factTable, note, pageHtml, type PageAssets, type Section } from './page.ts'
import { reproduceSection } from './reproduce-section.ts'
import { rankedTrials, type SearchFacts, type TrialFacts } from './search-facts.ts'
import { byImportance, parallelFigure, progressFigure } from './search-figures.ts'

const RANKED_ROWS = 50
/** What deflates the best Sharpe ratio, and says little of one trial. */
const UNSHOWN = new Set(['skewness', 'excessKurtosis', 'sharpePerBar', 'returns'])

export function searchReport(facts: SearchFacts, assets: PageAssets): string {
  const { operation, market, method, objective, trials, seed } = facts
  const [best] = rankedTrials(facts)
  return pageHtml(
    {
      title: `${operation.name}: search`,
      header: html`<h1>${operation.name}</h1>
        <p class="sub">Search · ${market} · ${trials.length} trials by ${method}, seed ${seed}</p>
        <p class="lead">
          ${best !== undefined && html`The best ${objective} is ${figureText(best.objective, 'number')}, of trial ${best.trial}.`}
          ${luckText(facts)}
        </p>
        ${facts.warnings.map(note)}`,
      sections: [
        {
          id: 'progress',
          title: 'How the best came about',
          short: 'Progress',
          body: html`<p>
              Each point is a trial, by number; the line is the best so far. Faint ones were not
              trained to the end; the worst of all stand at the lower edge.
            </p>
            ${progressFigure(facts)}`,
        },
        parametersSection(facts),
        heatSection(facts),
        rankingSection(facts),
        luckSection(facts),
        reproduceSection([['The search', operation]]),
      ],
      data: {},
      result: { operationId: operation.operationId, type: 'search', ...facts.result },
      program: operation.program,
    },
    assets,
  )
}

function luckText({ luck, trials }: SearchFacts): string {
  if (luck === null)
    return `${trials.length} trials were tried: the best of them is better than it will be on bars that it was not chosen by.`
  const expected = figureText(luck['expectedHighestSharpeRatio'], 'ratio')
  return `Without any skill the best of ${trials.length} trials would show a Sharpe ratio of about ${expected}; the probability that this one is above that is ${figureText(luck['deflatedSharpeRatio'], 'percent')}.`
}

function parametersSection(facts: SearchFacts): Section {
  const { parameters, method } = facts
  return {
    id: 'parameters',
    title: 'Parameters',
    body: html`${parallelFigure(facts)}
      <table class="list words">
        <caption>
          How much of the order of the trials the value of a parameter explains, alone
        </caption>
        <thead>
          <tr>
            <th scope="col">Parameter</th>
            <th scope="col">In the strategy</th>
            <th scope="col">Importance</th>
          </tr>
        </thead>
        <tbody>
          ${byImportance(parameters).map((i) => {
            const { name, path, importance } = parameters[i]!
            return html`<tr>
              <th scope="row">${name}</th>
              <td><code>${path}</code></td>
              <td>${figureText(importance, 'percent')}</td>
            </tr>`
          })}
        </tbody>
      </table>
      ${
        method === 'tpe' &&
        note(
          'TPE tries more where it has found something, in all parameters at once: what they explain is told apart badly.',
        )
      }`,
  }
}

function heatSection(facts: SearchFacts): Section {
  const [first, second] = byImportance(facts.parameters)
  return {
    id: 'heat',
    title: 'Where the two most important parameters meet',
    short: 'Heat map',
    body:
      first === undefined || second === undefined
        ? note('There is one parameter only.')
        : html`<p>
              A good value that stands alone among bad ones is luck; look for a region that is good
              as a whole.
            </p>
            ${heatTable(facts, first, second)}`,
  }
}

function rankingSection(facts: SearchFacts): Section {
  const { parameters, objective, trials } = facts
  const ranked = rankedTrials(facts)
  const rows = ranked.slice(0, RANKED_ROWS)
  const figures = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))].filter(
    (key) => !UNSHOWN.has(key) && rows.some((row) => row.figures[key] !== row.objective),
  )
  const rest = trials.filter(({ reason }) => reason !== '')
  return {
    id: 'ranking',
    title: 'Ranking',
    body: html`<p>
        ${outcomesText(trials)}
        ${ranked.length > rows.length && `The best ${rows.length} are shown; trials.csv has all of them.`}
      </p>
      <div class="scroll" tabindex="0">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">Rank</th>
              <th scope="col">Trial</th>
              <th scope="col">${objective}</th>
              ${parameters.map(({ name }) => html`<th scope="col">${name}</th>`)}
              ${figures.map((key) => html`<th scope="col">${metricLabel(key).label}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map((row, i) => rankedRow(row, i + 1, figures))}
          </tbody>
        </table>
      </div>
      ${rest.length > 0 && reasonsTable(rest)}`,
  }
}

function rankedRow(row: TrialFacts, rank: number, figures: readonly string[]): Markup {
  return html`<tr>
    <td>${rank}</td>
    <td>${row.trial}</td>
    <td>${figureText(row.objective, 'number')}</td>
    ${row.texts.map((text) => html`<td>${valueText(text)}</td>`)}
    ${figures.map((key) => html`<td>${figureText(row.figures[key], metricLabel(key).unit)}</td>`)}
  </tr>`
}

/** Numbers with the digits that a reader can use. */
function valueText(text: string): string {
  const number = Number(text)
  return text === '' || Number.isNaN(number) ? text : figureText(number, 'number')
}

function outcomesText(trials: readonly TrialFacts[]): string {
  const counts = Map.groupBy(trials, ({ outcome }) => outcome)
  return `${[...counts].map(([outcome, rows]) => `${rows.length} ${outcome}`).join(', ')}.`
}

const MOST_REASONS = 20

function reasonsTable(rows: readonly TrialFacts[]): Markup {
  return html`<details>
    <summary>Values that cannot work (${rows.length})</summary>
    ${factTable(rows.slice(0, MOST_REASONS).map(({ trial, reason }) => [`Trial ${trial}`, reason]))}
  </details>`
}

function luckSection({ luck, trials, objective }: SearchFacts): Section {
  return {
    id: 'luck',
    title: 'Luck',
    body: html`<p>
        Whoever tries enough finds something. ${trials.length} trials were tried, and the best was
        chosen by its ${objective}: on bars that it was not chosen by it will be worse. The last
        part of the bars was kept from all trials; judge the best strategy by it, once.
      </p>
      ${
        luck !== null &&
        factTable([
          ['Sharpe ratio of the best', figureText(luck['sharpeRatio'], 'ratio')],
          [
            `Expected of the best of ${figureText(luck['trials'], 'count')} without skill`,
            figureText(luck['expectedHighestSharpeRatio'], 'ratio'),
          ],
          [
            'Probability that the best is above that (deflated Sharpe ratio)',
            figureText(luck['deflatedSharpeRatio'], 'percent'),
          ],
        ])
      }`,
  }
}
