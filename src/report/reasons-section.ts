// What the network, or the rules, knew before the best and the worst trades.

import { figureText, momentText } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { note, type Section } from './page.ts'
import { isMissing, type BacktestFacts, type MarketFacts } from './report-data.ts'
import { tellingTrades, type TellingTrade, type ToldBars } from './telling-trades.ts'

export function reasonsSection(facts: BacktestFacts): Section {
  const { symbols, account, decidedBy } = facts
  const isAtClose = account.order?.type === 'market' && account.order.at === 'close'
  const body = (): Markup => {
    const told = new Map<string, ToldBars>()
    let missing = ''
    let ids: readonly string[] = []
    for (const { symbol, market } of symbols) {
      const memberships = isMissing(market) ? market : market.memberships
      if (isMissing(memberships)) missing ||= memberships.missing
      else {
        ids = memberships.ids
        told.set(symbol, { ...memberships, timeMs: (market as MarketFacts).timeMs })
      }
    }
    if (told.size === 0) return note(missing)
    if (ids.length === 0) return note('There are no fuzzy inputs.')
    const { best, worst } = tellingTrades(facts.trades, told, isAtClose ? 0 : 1)
    if (best.length + worst.length === 0) return note('There was no trade.')
    const who = decidedBy === 'network' ? 'the network was told' : 'the rules look at'
    return html`<p>
        The memberships that ${who}, at the close ${isAtClose ? 'of' : 'before'} each entry: 1 is
        wholly, 0 not at all.
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
            ${tellingRows('Best', best, ids.length, symbols.length > 1)}${tellingRows('Worst', worst, ids.length, symbols.length > 1)}
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

function tellingRows(
  title: string,
  trades: readonly TellingTrade[],
  width: number,
  areNamed: boolean,
): Markup[] {
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
          <th scope="row">
            #${number} ${areNamed && `${trade.symbol} `}${trade.side.toLowerCase()}
          </th>
          <td>${momentText(trade.entryMs)}</td>
          <td>${figureText(trade.returnRatio, 'signed percent')}</td>
          ${
            degrees === null
              ? html`<td colspan="${width}">there are no bars before it in this report</td>`
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
