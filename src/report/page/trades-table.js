// The table of trades in the browser: sorted by any column, a page at a time.
/* global ktrdrCharts */

globalThis.ktrdrTradesTable = (() => {
  const { format } = ktrdrCharts
  const ROWS = 25
  const signed = (value, text) => (value > 0 ? `+${text}` : text)
  /** Figures that are best seen from the largest down, and those that are a gain or a loss. */
  const LARGEST_FIRST = new Set([
    'units',
    'netPnl',
    'returnRatio',
    'holdingBars',
    'confidence',
    'financingCost',
  ])
  const GAINS = new Set(['netPnl', 'returnRatio'])
  const ALL_COLUMNS = [
    ['#', 'number', (v) => v],
    ['Symbol', 'symbol', (v) => v],
    ['Side', 'side', (v) => v.toLowerCase()],
    ['Entry', 'entry', (v) => format.moment(v, 1)],
    ['Exit', 'exit', (v) => format.moment(v, 1)],
    ['Price in', 'entryPrice', format.number],
    ['Price out', 'exitPrice', format.number],
    ['Units', 'units', format.number],
    ['Net', 'netPnl', (v) => signed(v, Math.round(v).toLocaleString('en').replaceAll(',', ' '))],
    ['Return', 'returnRatio', (v) => signed(v, `${(100 * v).toFixed(2)}%`)],
    ['Financing', 'financingCost', (v) => v.toFixed(2)],
    ['Bars', 'holdingBars', (v) => v],
    ['Confidence', 'confidence', (v) => (v === null ? '--' : v.toFixed(2))],
    ['Closed by', 'exitReason', (v) => v],
  ]

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties)
    made.append(...children)
    return made
  }

  const button = (textContent, onclick) =>
    element('button', { type: 'button', textContent, onclick })

  /** @param show called with the index of a trade that was chosen */
  return (node, trades, show) => {
    const COLUMNS = ALL_COLUMNS.filter(([, name]) => trades[name])
    const order = trades.entry.map((_, i) => i)
    let sorted = { column: 0, isDown: false }
    let from = 0
    const body = element('tbody')
    const position = element('span', { className: 'position' })
    position.setAttribute('aria-live', 'polite')
    const heads = COLUMNS.map(([label, name], i) => {
      const sort = () => {
        const isDown = sorted.column === i ? !sorted.isDown : LARGEST_FIRST.has(name)
        sorted = { column: i, isDown }
        from = 0
        fill()
      }
      return element('th', { scope: 'col' }, button(label, sort))
    })
    const fill = () => {
      const key = COLUMNS[sorted.column][1]
      const values = trades[key]
      const sign = sorted.isDown ? -1 : 1
      order.sort(
        (a, b) => sign * (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0) || a - b,
      )
      heads.forEach((head, i) =>
        head.setAttribute(
          'aria-sort',
          i !== sorted.column ? 'none' : sorted.isDown ? 'descending' : 'ascending',
        ),
      )
      const rows = order.slice(from, from + ROWS).map((i) => {
        const row = element('tr', { className: trades.netPnl[i] >= 0 ? 'won' : 'lost' })
        COLUMNS.forEach(([, name, text], column) => {
          if (column > 0)
            return row.append(
              element('td', {
                textContent: text(trades[name][i]),
                className: GAINS.has(name) ? 'gain' : '',
              }),
            )
          const link = button(text(trades[name][i]), () => show(i))
          link.title = 'Show it in the chart'
          row.append(element('th', { scope: 'row' }, link))
        })
        return row
      })
      body.replaceChildren(...rows)
      position.textContent = `${from + 1} to ${Math.min(from + ROWS, order.length)} of ${order.length}`
      back.disabled = from === 0
      on.disabled = from + ROWS >= order.length
    }
    const turn = (by) => () => {
      from += by
      fill()
    }
    const back = button('← earlier', turn(-ROWS))
    const on = button('later →', turn(ROWS))
    const save = () => {
      const cells = (i) =>
        COLUMNS.map(([, name]) =>
          name === 'entry' || name === 'exit'
            ? new Date(trades[name][i] * 1000).toISOString()
            : (trades[name][i] ?? ''),
        )
      const lines = [COLUMNS.map(([, name]) => name), ...trades.entry.map((_, i) => cells(i))]
      const url = URL.createObjectURL(
        new Blob([`${lines.map((cell) => cell.join(',')).join('\n')}\n`], { type: 'text/csv' }),
      )
      element('a', { href: url, download: 'trades.csv' }).click()
      URL.revokeObjectURL(url)
    }
    const table = element(
      'table',
      { className: 'list trades' },
      element('thead', {}, element('tr', {}, ...heads)),
      body,
    )
    const scroll = element('div', { className: 'scroll', tabIndex: 0 }, table)
    node.append(
      scroll,
      element('p', { className: 'pager' }, back, position, on, button('Save as CSV', save)),
    )
    fill()
  }
})()
