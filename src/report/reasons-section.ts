// What the network was told before the best and the worst trades.

import { figureText, momentText } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { note, type Section } from './page.ts'
import { isMissing, type BacktestFacts } from './report-data.ts'
import { tellingTrades, type TellingTrade } from './telling-trades.ts'

export function reasonsSection(facts: BacktestFacts): Section {
  const { market } = facts
  const body = (): Markup => {
    if (isMissing(market)) return note(market.missing)
    const { memberships } = market
    if (isMissing(memberships)) return note(memberships.missing)
    const { ids } = memberships
    if (ids.length === 0) return note('There are no fuzzy inputs.')
    const { best, worst } = tellingTrades(facts.trades, facts.curve, memberships)
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
  return {
    id: 'reasons',
    title: 'What the best and the worst trades were made of',
    short: 'Reasons',
    body: body(),
  }
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
