// The parts of a backtest's report that stand in the page as they are; what is drawn is in chart-data.ts.

import { drawdownRows } from './drawdown-rows.ts'
import {
  dayText,
  figureText,
  metricLabel,
  momentText,
  orderedKeys,
  wordsOf,
  type Unit,
} from './figures.ts'
import { html, type Markup } from './markup.ts'
import { chart, factTable, note, type Section } from './page.ts'
import { monthlyReturns } from './period-returns.ts'
import { isMissing, type BacktestFacts, type Figures } from './report-data.ts'
import type { MarketChart } from './chart-data.ts'
import { tellingTrades, type TellingTrade } from './telling-trades.ts'

export function headerOf(facts: BacktestFacts): Markup {
  const { operation, symbol, timeframe, curve, isOutOfSample, metrics } = facts
  const hold = (metrics['buyAndHold'] ?? {}) as Figures
  const badge = isOutOfSample ? 'OUT OF SAMPLE' : 'IN SAMPLE'
  const last = curve.length - 1
  return html`<h1>
      ${operation.name} <span class="badge ${isOutOfSample ? 'out' : 'in'}">${badge}</span>
    </h1>
    <p class="sub">
      ${symbol} ${timeframe} · ${dayText(curve.timeMs[0]!)} … ${dayText(curve.timeMs[last]!)} ·
      ${figureText(curve.length, 'count')} bars
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

function sentence({ metrics, account, result, trades }: BacktestFacts, hold: Figures): string {
  const more = Number(metrics['totalReturnRatio']) - Number(hold['totalReturnRatio'])
  const compared = Number.isFinite(more)
    ? `, ${figureText(Math.abs(100 * more), 'number')} points ${more >= 0 ? 'more' : 'less'} than buying and holding`
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
    card('Sharpe', 'sharpeRatio', 'number'),
    card('Sortino', 'sortinoRatio', 'number'),
    card('Max drawdown', 'maxDrawdownRatio', 'percent'),
    card('Under water', 'maxDrawdownDays', 'count', days === '--' ? '' : 'days at most'),
    card('Profit factor', 'profitFactor', 'number'),
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

export function priceSection(
  { market, trades, symbol }: BacktestFacts,
  view: MarketChart,
): Section {
  const panes = isMissing(market) ? [] : market.indicators.filter((one) => !one.isPriceScaled)
  return {
    id: 'price',
    title: 'Price and trades',
    body: html`${isMissing(market) && note(`No candles and no indicators: ${market.missing} What is drawn are the closes of the backtest itself.`)}
      ${chart('price', `Price of ${symbol} with the entries and exits of ${trades.length} trades`)}
      ${view.indicators.some((one) => !one.isPriceScaled) && panes.map((one, i) => chart(`indicator-${i}`, one.name))}
      <p class="hint">
        <span class="mark long">▲ long</span> <span class="mark short">▼ short</span>
        <span class="mark exit">● exit</span> The line between is blue when the trade gained, orange
        when it lost. Click a trade in the table below to see it here.
      </p>`,
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export function returnsSection({ curve, account }: BacktestFacts): Section {
  const years = monthlyReturns(curve.timeMs, curve.equity, account.capital)
  const all = years.flatMap(({ months }) => months.flatMap((month) => month ?? []))
  const strongest = Math.max(...all.map(Math.abs), 1e-9)
  const cell = (ratio: number | null): Markup =>
    ratio === null
      ? html`<td></td>`
      : html`<td class="${heat(ratio, strongest)}">${(100 * ratio).toFixed(1)}</td>`
  return {
    id: 'returns',
    title: 'Monthly returns',
    body: html`<div class="scroll" tabindex="0">
      <table class="heat">
        <caption>
          Percent, in UTC months
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
                <td class="whole">${(100 * whole).toFixed(1)}</td>
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

export function tradesSection({ trades, operation }: BacktestFacts, shown: number): Section {
  if (trades.length === 0)
    return { id: 'trades', title: 'Trades', body: note('There was no trade.') }
  const cut =
    shown < trades.length &&
    note(
      `These are the ${shown} trades that gained or lost most, of ${trades.length}. All are in trades.csv of ${operation.directory}.`,
    )
  return {
    id: 'trades',
    title: 'Trades',
    body: html`${cut}${exitReasons(trades)}
      <div id="trades-table"></div>`,
  }
}

function exitReasons(trades: BacktestFacts['trades']): Markup {
  const groups = [...Map.groupBy(trades, ({ exitReason }) => exitReason)]
  const sum = (group: BacktestFacts['trades']): number =>
    group.reduce((total, { netPnl }) => total + netPnl, 0)
  return html`<p class="reasons">
    Closed by
    ${groups.map(
      ([reason, group], i) =>
        html`${i > 0 && ', '}<b>${reason || 'unknown'}</b> ${group.length} (net
          ${figureText(sum(group), 'money')})`,
    )}.
  </p>`
}

export function reasonsSection(facts: BacktestFacts): Section {
  const { market } = facts
  const body = (): Markup => {
    if (isMissing(market)) return note(market.missing)
    const { ids } = market.memberships
    if (ids.length === 0) return note('The strategy has no fuzzy inputs.')
    const { best, worst } = tellingTrades(facts.trades, facts.curve, market.memberships)
    if (best.length + worst.length === 0) return note('There was no trade.')
    return html`<p>
        The memberships that the network was told at the close before each entry: 1 is wholly, 0 not
        at all.
      </p>
      <div class="scroll" tabindex="0">
        <table class="degrees">
          <thead>
            <tr>
              <th scope="col">Trade</th>
              <th scope="col">Entry</th>
              <th scope="col">Return</th>
              ${ids.map((id) => html`<th scope="col"><span>${id.replaceAll('_', ' ')}</span></th>`)}
            </tr>
          </thead>
          <tbody>
            ${tellingRows('Best', best, ids.length)}${tellingRows('Worst', worst, ids.length)}
          </tbody>
        </table>
      </div>`
  }
  return { id: 'reasons', title: 'What the best and the worst trades were made of', body: body() }
}

function tellingRows(title: string, trades: readonly TellingTrade[], width: number): Markup[] {
  return [
    ...(trades.length > 0
      ? [
          html`<tr class="group">
            <th scope="rowgroup" colspan="${width + 3}">${title}</th>
          </tr>`,
        ]
      : []),
    ...trades.map(
      ({ number, trade, degrees }) =>
        html`<tr>
          <th scope="row">#${number} ${trade.side.toLowerCase()}</th>
          <td>${momentText(trade.entryMs)}</td>
          <td>${figureText(trade.returnRatio, 'signed percent')}</td>
          ${
            degrees === null
              ? html`<td colspan="${width}">before the first bar of this report</td>`
              : degrees.map(
                  (degree) =>
                    html`<td class="h${Number.isNaN(degree) ? 0 : Math.round(9 * degree)}">
                      ${Number.isNaN(degree) ? '--' : degree.toFixed(2)}
                    </td>`,
                )
          }
        </tr>`,
    ),
  ]
}

export function metricsSection({ metrics }: BacktestFacts): Section {
  const hold = (metrics['buyAndHold'] ?? {}) as Figures
  const scalars = Object.keys(metrics).filter(
    (key) => typeof metrics[key] === 'number' || metrics[key] === null,
  )
  const row = (key: string): Markup => {
    const { label, unit } = metricLabel(key)
    return html`<tr>
      <th scope="row">${label}</th>
      <td>${figureText(metrics[key], unit)}</td>
      <td>${key in hold ? figureText(hold[key], unit) : ''}</td>
    </tr>`
  }
  const groups = Object.entries(metrics).filter(
    ([key, value]) => key !== 'buyAndHold' && typeof value === 'object' && value !== null,
  )
  return {
    id: 'metrics',
    title: 'All metrics',
    body: html`<div class="columns">
      <table class="list metrics">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Strategy</th>
            <th scope="col">Buy &amp; hold</th>
          </tr>
        </thead>
        <tbody>
          ${orderedKeys(scalars).map(row)}
        </tbody>
      </table>
      ${groups.map(([key, value]) => groupTable(wordsOf(key), value as Figures | readonly Figures[]))}
    </div>`,
  }
}

/** Figures that belong together, whatever they are: a row for each, or a column for each of their keys. */
function groupTable(title: string, group: Figures | readonly Figures[]): Markup | null {
  const rows: (readonly [string, unknown])[] = Array.isArray(group)
    ? group.map((item, i) => [String(i + 1), item] as const)
    : Object.entries(group)
  const first = rows[0]?.[1]
  if (first === undefined) return null
  if (typeof first !== 'object' || first === null)
    return html`<details>
      <summary>${title}</summary>
      ${factTable(
        rows.map(([key, value]) => {
          const { label, unit } = metricLabel(key)
          return [/^\d/.test(key) ? key : label, figureText(value, unit)] as const
        }),
      )}
    </details>`
  const keys = Object.keys(first)
  return html`<details>
    <summary>${title}</summary>
    <table class="list">
      <thead>
        <tr>
          <th scope="col"></th>
          ${keys.map((key) => html`<th scope="col">${metricLabel(key).label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([key, item]) =>
            html`<tr>
              <th scope="row">${/^\d/.test(key) ? key : wordsOf(key)}</th>
              ${keys.map((column) => html`<td>${cellText(column, (item as Figures)[column])}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`
}

function cellText(key: string, value: unknown): string {
  return typeof value === 'string' ? value : figureText(value, metricLabel(key).unit)
}
