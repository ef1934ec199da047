// Puts a report together in the browser: which chart stands where, the theme, the table of trades.
/* global uPlot, ktrdrCharts, ktrdrTradesTable */

;(() => {
  const {
    DAY,
    all,
    bands,
    candles,
    colour,
    decode,
    draw,
    epochs,
    forget,
    format,
    group,
    line,
    marks,
  } = ktrdrCharts
  const root = document.documentElement
  const page = JSON.parse(document.querySelector('#ktrdr-data').textContent)
  const place = (name) => document.querySelector(`[data-chart="${name}"]`)
  const decodeAll = (columns) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [
        name,
        Array.isArray(column) ? column : decode(column),
      ]),
    )

  const trades = page.trades ? decodeAll(page.trades) : null
  const market = page.market && {
    ...page.market,
    time: decode(page.market.time),
    columns: decodeAll(page.market.columns),
    prices: page.market.prices.map((price) => ({
      ...price,
      time: decode(price.time),
      columns: decodeAll(price.columns),
      indicators: price.indicators.map((one) => ({ ...one, values: decode(one.values) })),
    })),
  }
  const training = page.training && { ...page.training, columns: decodeAll(page.training.columns) }
  const overlay = page.overlay?.map((one) => ({
    ...one,
    time: decode(one.time),
    values: decode(one.values),
  }))

  let selected = -1
  /** The symbol whose prices are drawn. */
  let price = market?.prices[0]
  /** Whether a trade is one of it. */
  const isOfPrice = (i) => !trades.symbol || trades.symbol[i] === price.symbol
  const WORDS = 6

  const drawMarket = (width) => {
    const { time, columns } = market
    const step = time.length > 1 ? time[1] - time[0] : DAY
    const shade = market.bands.length > 0 ? { drawClear: [bands(market.bands)] } : {}
    const isLog = document.querySelector('#log')?.checked ?? false
    const common = { step, width }
    draw(place('equity'), {
      ...common,
      height: 300,
      isLog,
      hooks: shade,
      data: [time, columns.equity, columns.hold],
      series: [
        line('Strategy', 'gain', format.number),
        line('Buy & hold', 'hold', format.number, { width: 1.2, dash: [5, 3] }),
      ],
    })
    draw(place('drawdown'), {
      ...common,
      height: 150,
      tick: format.percentTick,
      data: [time, columns.drawdown],
      series: [line('Drawdown', 'loss', format.percent, { fill: colour('lossfill') })],
    })
    if (columns.sharpe)
      draw(place('sharpe'), {
        ...common,
        height: 150,
        data: [time, columns.sharpe],
        series: [line('Sharpe', 'gain', format.ratio)],
        hooks: { drawAxes: [zero] },
      })
    drawPrice(isLog, width)
  }

  const drawPrice = (isLog, width) => {
    const { time, columns, indicators } = price
    const common = { step: time.length > 1 ? time[1] - time[0] : DAY, width }
    const prices = columns.open ? ['open', 'high', 'low', 'close'] : ['close']
    const over = indicators.filter((one) => one.isPriceScaled)
    const hidden = { paths: () => null, width: 0 }
    draw(place('price'), {
      ...common,
      isLog,
      height: 380,
      data: [time, ...prices.map((name) => columns[name]), ...over.map((one) => one.values)],
      series: [
        ...prices.map((name) =>
          line(
            name[0].toUpperCase() + name.slice(1),
            'ink',
            format.number,
            columns.open ? hidden : { width: 1.1 },
          ),
        ),
        ...over.map((one, i) => line(one.name, `word${i % WORDS}`, format.number, { width: 1.2 })),
      ],
      hooks: {
        ...(columns.open ? { drawAxes: [candles] } : {}),
        draw: [marks(trades, isOfPrice, () => selected)],
        setCursor: [reading],
      },
    })
    indicators
      .filter((one) => !one.isPriceScaled)
      .forEach((one, i) => {
        const node = place(`indicator-${i}`)
        if (node)
          draw(node, {
            ...common,
            isPane: true,
            height: 100,
            data: [time, one.values],
            series: [line(one.name, `word${i % WORDS}`, format.number)],
          })
      })
  }

  /** Says which trade was open under the cursor. */
  const reading = (chart) => {
    const text = document.querySelector('#reading')
    const { left } = chart.cursor
    const moment = left >= 0 ? chart.posToVal(left, 'x') : NaN
    const i = trades.entry.findIndex(
      (entry, j) => entry <= moment && moment <= trades.exit[j] && isOfPrice(j),
    )
    text.textContent =
      i === -1
        ? ''
        : `Trade ${trades.number[i]}, ${trades.side[i].toLowerCase()}: ${format.number(trades.entryPrice[i])} → ${format.number(trades.exitPrice[i])}, net ${format.number(trades.netPnl[i])} (${format.percent(trades.returnRatio[i])}), ${trades.holdingBars[i]} bars, closed by ${trades.exitReason[i]}.`
  }

  const zero = (chart) => {
    const { ctx, bbox } = chart
    const y = chart.valToPos(0, 'y', true)
    if (y < bbox.top || y > bbox.top + bbox.height) return
    ctx.save()
    ctx.strokeStyle = colour('muted')
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.restore()
  }

  const drawTraining = (width) => {
    const { columns } = training
    const both = (name, kinds, value, height, more = {}) => {
      const there = kinds.filter(([key]) => columns[key])
      const node = place(name)
      if (there.length === 0) node.remove()
      else
        draw(node, {
          width,
          height,
          isTime: false,
          ...more,
          data: [columns.epoch, ...there.map(([key]) => columns[key])],
          series: there.map(([, label, tone]) => line(label, tone, value)),
          hooks: { draw: [epochs(training)] },
        })
    }
    both(
      'loss',
      [
        ['trainLoss', 'Training loss', 'hold'],
        ['valLoss', 'Validation loss', 'gain'],
      ],
      format.number,
      250,
    )
    if (place('accuracy'))
      both(
        'accuracy',
        [
          ['trainAccuracy', 'Training accuracy', 'hold'],
          ['valAccuracy', 'Validation accuracy', 'gain'],
        ],
        format.percent,
        170,
        { tick: format.percentTick },
      )
  }

  const drawOverlay = (width) => {
    const data = uPlot.join(overlay.map(({ time, values }) => [time, values]))
    const series = overlay.map(({ name }, i) =>
      line(name, `word${i % WORDS}`, format.percent, { spanGaps: true }),
    )
    draw(place('overlay'), {
      width,
      height: 380,
      tick: format.percentTick,
      data,
      series,
      hooks: { drawAxes: [zero] },
    })
  }

  /** @param width of all charts; undefined = of their places */
  const drawAll = (width) => {
    const range = group[0] && { ...group[0].scales.x }
    forget()
    if (market) drawMarket(width)
    if (training) drawTraining(width)
    if (overlay) drawOverlay(width)
    if (range && group[0]) group[0].setScale('x', { min: range.min, max: range.max })
  }

  // Theme: that of the system until the button says otherwise.
  const button = document.querySelector('#theme')
  const system = matchMedia('(prefers-color-scheme: dark)')
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches)
  const setTheme = (theme) => {
    if (theme) root.dataset.theme = theme
    else delete root.dataset.theme
    button.textContent = isDark() ? 'Light' : 'Dark'
    button.setAttribute('aria-label', `Switch to ${isDark() ? 'light' : 'dark'} colours`)
  }
  button.hidden = false
  button.addEventListener('click', () => {
    setTheme(isDark() ? 'light' : 'dark')
    drawAll()
  })
  system.addEventListener('change', () => {
    setTheme(root.dataset.theme)
    drawAll()
  })

  // Paper is light and as wide as A4.
  let before
  addEventListener('beforeprint', () => {
    before = root.dataset.theme ?? ''
    setTheme('light')
    for (const details of document.querySelectorAll('main details')) details.open = true
    drawAll(690)
  })
  addEventListener('afterprint', () => {
    setTheme(before)
    drawAll()
  })

  const tools = document.querySelector('.tools')
  if (market && tools) {
    tools.hidden = false
    const { time } = market
    const [first, last] = [time[0], time.at(-1)]
    const ranges = [
      ['All', Infinity],
      ['5 years', 5 * 365.25],
      ['1 year', 365.25],
      ['3 months', 91],
      ['1 month', 30.5],
      ['1 week', 7],
    ]
    for (const [name, days] of ranges) {
      if (days !== Infinity && days * DAY > (last - first) * 0.9) continue
      const choice = document.createElement('button')
      choice.type = 'button'
      choice.textContent = name
      choice.addEventListener('click', () =>
        group[0].setScale('x', { min: Math.max(first, last - days * DAY), max: last }),
      )
      tools.querySelector('.ranges').append(choice)
    }
    document.querySelector('#log').addEventListener('change', () => drawAll())
  }

  const choices = document.querySelector('#symbols')
  const choose = (chosen) => {
    price = chosen
    selected = -1
    for (const choice of choices.children)
      choice.setAttribute('aria-pressed', String(choice.textContent === price.symbol))
    drawAll()
  }
  if (choices) {
    for (const one of market.prices) {
      const choice = document.createElement('button')
      choice.type = 'button'
      choice.textContent = one.symbol
      choice.setAttribute('aria-pressed', String(one === price))
      choice.addEventListener('click', () => choose(one))
      choices.append(choice)
    }
  }

  /** Zooms to a trade, of the symbol that it is of. */
  const show = (i) => {
    const its = market.prices.find(({ symbol }) => symbol === trades.symbol?.[i])
    if (its && its !== price) choose(its)
    selected = i
    const { time } = market
    const margin = Math.max(20 * (time[1] - time[0] || DAY), trades.exit[i] - trades.entry[i])
    group[0].setScale('x', {
      min: Math.max(time[0], trades.entry[i] - margin),
      max: Math.min(time.at(-1), trades.exit[i] + margin),
    })
    place('price').scrollIntoView({ block: 'center' })
    place('price').focus({ preventScroll: true })
  }

  setTheme()
  drawAll()
  const list = document.querySelector('#trades-table')
  if (list && trades) ktrdrTradesTable(list, trades, show)
  let width = innerWidth
  addEventListener('resize', () => {
    if (innerWidth === width) return
    width = innerWidth
    for (const { chart, node } of all)
      chart.setSize({ width: Math.max(280, node.clientWidth), height: chart.height })
  })
})()
