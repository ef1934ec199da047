// The trades, what closed them, of which symbol they were, and the orders that came to nothing.

import { exitReasons } from '../performance/exit-reasons.ts'
import { REJECTION_TEXT } from '../backtest/rejection-text.ts'
import { figureText, momentText, wordsOf } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { note, type Section } from './page.ts'
import type { BacktestFacts, Figures, OpenPosition, RejectedOrder } from './report-data.ts'
import type { Trade } from './result-files.ts'

export function tradesSection(facts: BacktestFacts, shown: number): Section {
  const { trades, operation, symbols, result } = facts
  const cut =
    shown < trades.length &&
    note(
      `These are the ${shown} trades that gained or lost most, of ${trades.length}. All are in trades.csv of ${operation.directory}.`,
    )
  const open = (result['openPositions'] ?? []) as readonly Figures[] as readonly OpenPosition[]
  const areNamed = symbols.length > 1
  return {
    id: 'trades',
    title: 'Trades',
    body: html`${
      trades.length === 0
        ? note('There was no trade.')
        : html`<div class="columns">
              ${exitsTable(trades)} ${areNamed && symbolsTable(facts)} ${costsTable(trades)}
            </div>
            ${cut}
            <div id="trades-table"></div>`
    }
    ${open.length > 0 && openTable(open)}${rejectionsTable(facts)}`,
  }
}

type Column<Row> = readonly [title: string, text: (row: Row) => string]

function listTable<Row>(
  title: string | null,
  [first, ...others]: readonly [Column<Row>, ...Column<Row>[]],
  rows: readonly Row[],
  style: 'list' | 'list words' = 'list',
): Markup {
  return html`<div class="scroll" tabindex="0">
    <table class="${style}">
      ${
        title !== null &&
        html`<caption>
          ${title}
        </caption>`
      }
      <thead>
        <tr>
          ${[first, ...others].map(([name]) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <th scope="row">${first[1](row)}</th>
              ${others.map(([, text]) => html`<td>${text(row)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function exitsTable(trades: readonly Trade[]): Markup {
  const { exitsByReason } = exitReasons(trades)
  return listTable(
    'By what closed them',
    [
      ['Closed by', ({ reason }) => reason || 'unknown'],
      ['Trades', (row) => figureText(row.trades, 'count')],
      ['Won', (row) => figureText(row.winRateRatio, 'percent')],
      ['Net', (row) => figureText(row.netProfit, 'signed money')],
      ['Bars', (row) => figureText(row.averageHoldingBars, 'number')],
    ],
    exitsByReason,
  )
}

function symbolsTable({ symbols, trades }: BacktestFacts): Markup {
  const groups = Map.groupBy(trades, ({ symbol }) => symbol)
  const rows = symbols.map(({ symbol }) => ({ symbol, trades: groups.get(symbol) ?? [] }))
  const won = (of: readonly Trade[]): number => of.filter(({ netPnl }) => netPnl > 0).length
  return listTable(
    'By symbol',
    [
      ['Symbol', ({ symbol }) => symbol],
      ['Trades', (row) => figureText(row.trades.length, 'count')],
      ['Won', (row) => figureText(won(row.trades) / row.trades.length, 'percent')],
      ['Net', (row) => figureText(sumOf(row.trades, 'netPnl'), 'signed money')],
      ['Costs', (row) => figureText(costsOf(row.trades), 'money')],
    ],
    rows,
  )
}

const COSTS = [
  ['Commission', 'commission'],
  ['Slippage', 'slippageCost'],
  ['Financing', 'financingCost'],
] as const

type CostKey = (typeof COSTS)[number][1]

/** Financing where there is any. */
function costsTable(trades: readonly Trade[]): Markup {
  const kinds = COSTS.filter(
    ([, key]) =>
      key !== 'financingCost' || trades.some(({ financingCost }) => Math.abs(financingCost) > 0),
  )
  return listTable(
    'Costs of the trades',
    [
      ['Kind', ([name]) => name],
      ['Paid', ([, key]) => figureText(sumOf(trades, key), 'money')],
      ['A trade', ([, key]) => figureText(sumOf(trades, key) / trades.length, 'number')],
    ],
    kinds,
  )
}

function sumOf(trades: readonly Trade[], key: CostKey | 'netPnl'): number {
  return trades.reduce((sum, trade) => sum + (Number.isNaN(trade[key]) ? 0 : trade[key]), 0)
}

function costsOf(trades: readonly Trade[]): number {
  return COSTS.reduce((sum, [, key]) => sum + sumOf(trades, key), 0)
}

function openTable(positions: readonly OpenPosition[]): Markup {
  return listTable(
    'Still open at the end',
    [
      ['Position', ({ symbol, side }) => `${symbol} ${side.toLowerCase()}`],
      ['Units', ({ units }) => figureText(units, 'number')],
      ['Entry', ({ entryTimeMs }) => momentText(entryTimeMs)],
      ['Price in', ({ entryPrice }) => figureText(entryPrice, 'number')],
      ['Unrealised', ({ unrealizedPnl }) => figureText(unrealizedPnl, 'signed money')],
    ],
    positions,
  )
}

/** More would take the room of the charts. */
const MOST_REJECTIONS = 200
/** More are folded. */
const FEW = 10

/** The result lists the first of them, and counts all. */
function rejectionsTable({ result, symbols }: BacktestFacts): Markup | null {
  const listed = (result['rejections'] ?? []) as readonly Figures[] as readonly RejectedOrder[]
  if (listed.length === 0) return null
  const counts = Object.values((result['rejectedOrders'] ?? {}) as Record<string, number>)
  const all = counts.reduce((sum, count) => sum + count, 0)
  const shown = listed.slice(0, MOST_REJECTIONS)
  const ofSymbol: Column<RejectedOrder>[] =
    symbols.length > 1 ? [['Symbol', ({ symbol }) => symbol]] : []
  const table = listTable(
    null,
    [
      ['Bar', ({ timeMs }) => momentText(timeMs)],
      ...ofSymbol,
      ['Side', ({ side }) => side.toLowerCase()],
      ['Why', ({ reason }) => rejectionText(reason)],
    ],
    shown,
    'list words',
  )
  const first = shown.length < all ? `, the first ${shown.length}` : ''
  return html`<details${shown.length <= FEW && html` open`}>
    <summary>Orders that were not filled: ${figureText(all, 'count')}${first}</summary>
    ${table}
  </details>`
}

export function rejectionText(reason: string): string {
  return Object.hasOwn(REJECTION_TEXT, reason)
    ? REJECTION_TEXT[reason as keyof typeof REJECTION_TEXT]
    : wordsOf(reason).toLowerCase()
}
