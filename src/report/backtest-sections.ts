// The parts of a backtest's report that stand in the page as they are; what is drawn is in chart-data.ts.

import { drawdownRows } from './drawdown-rows.ts'
import { dayText, figureText, momentText, type Unit } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { chart, note, type Section } from './page.ts'
import { yearsOfReturns } from './period-returns.ts'
import { isMissing, type BacktestFacts, type Figures } from './report-data.ts'
import { symbolsCharted, type MarketChart } from './chart-data.ts'

export function headerOf(facts: BacktestFacts): Markup {
  const { operation, timeframe, curve, metrics } = facts
  const hold = (metrics['buyAndHold'] ?? {}) as Figures
  const last = curve.length - 1
  return html`<h1>${operation.name} ${badgeOf(facts)}</h1>
    <p class="sub">
      ${symbolsText(facts)} ${timeframe} · ${dayText(curve.timeMs[0]!)} …
      ${dayText(curve.timeMs[last]!)} · ${figureText(curve.length, 'count')} bars
    </p>
    <p class="lead">${sentence(facts, hold)}</p>
    <dl class="cards">
      ${cardsOf(metrics, hold).map(
        ([label, value, beside]) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
            <dd class="beside">${beside}</dd>
          </div>`,
      )}
    </dl>
    ${facts.warnings.map(note)}`
}

/** `AAA, BBB` */
export function symbolsText({ symbols }: Pick<BacktestFacts, 'symbols'>): string {
  return symbols.map(({ symbol }) => symbol).join(', ')
}

function badgeOf({ isOutOfSample, decidedBy }: BacktestFacts): Markup {
  if (isOutOfSample === null)
    return html`<span class="badge">
      ${decidedBy === 'signals' ? 'SIGNALS OF A FILE' : 'RULES, NOT TRAINED'}
    </span>`
  return isOutOfSample
    ? html`<span class="badge out">OUT OF SAMPLE</span>`
    : html`<span class="badge in">IN SAMPLE</span>`
}

function sentence({ metrics, account, result, trades }: BacktestFacts, hold: Figures): string {
  const more = Number(metrics['totalReturnRatio']) - Number(hold['totalReturnRatio'])
  const compared = Number.isFinite(more)
    ? `, ${Math.abs(100 * more).toFixed(1)} percentage points ${more >= 0 ? 'more' : 'less'} than buying and holding`
    : ''
  return `${figureText(trades.length, 'count')} ${trades.length === 1 ? 'trade' : 'trades'} made ${figureText(account.capital, 'money')} into ${figureText(result['finalEquity'], 'money')} after all costs: ${figureText(metrics['totalReturnRatio'], 'signed percent')}${compared}.`
}

function cardsOf(metrics: Figures, hold: Figures): [string, string, string][] {
  const card = (label: string, key: string, unit: Unit, beside = ''): [string, string, string] => [
    label,
    figureText(metrics[key], unit),
    beside || (key in hold ? `hold ${figureText(hold[key], unit)}` : ''),
  ]
  const days = figureText(metrics['maxDrawdownDays'], 'count')
  return [
    card('Return', 'totalReturnRatio', 'signed percent'),
    card('Annual', 'annualizedReturnRatio', 'signed percent'),
    card('Sharpe', 'sharpeRatio', 'ratio'),
    card('Sortino', 'sortinoRatio', 'ratio'),
    card('Max drawdown', 'maxDrawdownRatio', 'fall'),
    card('Under water', 'maxDrawdownDays', 'count', days === '--' ? '' : 'days at most'),
    card('Profit factor', 'profitFactor', 'ratio'),
    card('Trades', 'trades', 'count', `${figureText(metrics['winRateRatio'], 'percent')} won`),
    card('Exposure', 'exposureRatio', 'percent', 'of the bars'),
    card('Costs', 'costsRatio', 'percent', 'of the capital'),
  ]
}

export function equitySection(view: MarketChart): Section {
  const step = view.size === 1 ? '' : ` Each point stands for ${view.size} bars.`
  return {
    id: 'equity',
    title: 'Equity',
    body: html`<div class="tools" hidden>
        <span class="ranges"></span><label><input type="checkbox" id="log" /> logarithmic</label>
      </div>
      ${chart('equity', 'Equity of the strategy and of buying and holding')}
      <h3>Drawdown</h3>
      ${chart('drawdown', 'How far the equity lies below its highest value so far')}
      ${
        view.sharpeBars === null
          ? note('Too few bars for a rolling Sharpe ratio.')
          : html`<h3>Rolling Sharpe ratio <small>of ${view.sharpeBars} bars</small></h3>
              ${chart('sharpe', `Sharpe ratio of the last ${view.sharpeBars} bars`)}`
      }
      <p class="hint">
        Drag to zoom, double-click for all; with the keyboard <kbd>+</kbd> <kbd>−</kbd> <kbd>←</kbd>
        <kbd>→</kbd> <kbd>0</kbd>. The bars are in UTC.${step}
      </p>`,
  }
}

export function priceSection(facts: BacktestFacts, view: MarketChart): Section {
  const { symbols, trades } = facts
  const charted = symbolsCharted(facts)
  const missing = new Set(
    symbols.flatMap(({ market }) => (isMissing(market) ? market.missing : [])),
  )
  const panes = new Set(
    view.prices.flatMap(({ indicators }) =>
      indicators.flatMap(({ name, isPriceScaled }) => (isPriceScaled ? [] : name)),
    ),
  )
  const names = charted.map(({ symbol }) => symbol).join(', ')
  return {
    id: 'price',
    title: 'Price and trades',
    short: 'Price',
    body: html`${[...missing].map((why) => note(`No candles and no indicators: ${why} What is drawn are the closes of the backtest itself.`))}
      ${charted.length < symbols.length && note(`There is a chart of the ${charted.length} symbols with the most trades, of ${symbols.length}.`)}
      ${charted.length > 1 && html`<p class="choice" id="symbols" role="group" aria-label="Symbol of the chart"></p>`}
      ${chart('price', `Price of ${names} with the entries and exits of ${trades.length} trades`)}
      ${[...panes].map((name, i) => chart(`indicator-${i}`, name))}
      <p class="reading" id="reading" aria-live="polite"></p>
      <p class="hint">
        <span class="mark long">▲ long</span> <span class="mark short">▼ short</span>
        <span class="mark exit">● exit</span> The line between is blue when the trade gained, orange
        when it lost. Point at a trade to read what closed it. Click a trade in the table below to
        see it here.
      </p>`,
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** A row for each of more would fill half of the page's bytes. */
const MOST_YEARS = 60

export function returnsSection({ curve, account }: BacktestFacts): Section {
  const all = yearsOfReturns(curve.timeMs, curve.equity, account.capital)
  const years = all.slice(-MOST_YEARS)
  const ratios = years.flatMap(({ months }) => months.flatMap((month) => month ?? []))
  const strongest = Math.max(...ratios.map(Math.abs), 1e-9)
  const cell = (ratio: number | null): Markup =>
    ratio === null
      ? html`<td></td>`
      : html`<td class="${heat(ratio, strongest)}">${(100 * ratio).toFixed(1)}</td>`
  return {
    id: 'returns',
    title: 'Monthly returns',
    short: 'Months',
    body: html`<div class="scroll" tabindex="0">
      <table class="heat">
        <caption>
          Percent, in UTC months${years.length < all.length && `, of the last ${MOST_YEARS} years`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Year</th>
            ${MONTHS.map((name) => html`<th scope="col">${name}</th>`)}
            <th scope="col">Year</th>
          </tr>
        </thead>
        <tbody>
          ${years.map(
            ({ year, months, whole }) =>
              html`<tr>
                <th scope="row">${year}</th>
                ${months.map(cell)}
                <td class="whole">${whole === null ? '' : (100 * whole).toFixed(1)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`,
  }
}

/** One of nine classes, so that no cell needs a style of its own. */
function heat(ratio: number, strongest: number): string {
  const level = Math.min(4, Math.ceil((4 * Math.abs(ratio)) / strongest))
  return level === 0 || Math.abs(ratio) < 5e-6 ? 'z' : `${ratio > 0 ? 'p' : 'n'}${level}`
}

export function drawdownsSection({ curve, account }: BacktestFacts): Section {
  const rows = drawdownRows(curve, account.capital)
  return {
    id: 'drawdowns',
    title: 'Worst drawdowns',
    short: 'Drawdowns',
    body:
      rows.length === 0
        ? note('The equity never fell below its highest value.')
        : html`<div class="scroll" tabindex="0">
            <table class="list">
              <thead>
                <tr>
                  <th scope="col">#</th>
                  <th scope="col">Depth</th>
                  <th scope="col">From</th>
                  <th scope="col">Deepest</th>
                  <th scope="col">Recovered</th>
                  <th scope="col">Days down</th>
                  <th scope="col">Days up</th>
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                  (row, i) =>
                    html`<tr>
                      <td>${i + 1}</td>
                      <td>${figureText(row.ratio, 'percent')}</td>
                      <td>${momentText(row.fromMs)}</td>
                      <td>${momentText(row.deepestMs)}</td>
                      <td>${row.recoveredMs === null ? 'not yet' : momentText(row.recoveredMs)}</td>
                      <td>${row.daysDown}</td>
                      <td>${row.daysUp ?? '--'}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`,
  }
}
