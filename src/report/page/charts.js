// Draws the charts of a report in the browser. Plain JavaScript, because it goes into the page as it stands here.
/* global uPlot */

globalThis.ktrdrCharts = (() => {
  const DAY = 86_400
  const styles = () => getComputedStyle(document.documentElement)
  const colour = (name) => styles().getPropertyValue(`--${name}`).trim()

  /** A column of the page's data; NaN becomes null, which is a gap. */
  const decode = (column) => {
    const bytes = Uint8Array.from(atob(column.f64 ?? column.f32), (character) =>
      character.charCodeAt(0),
    )
    const numbers = column.f64 ? new Float64Array(bytes.buffer) : new Float32Array(bytes.buffer)
    return Array.from(numbers, (value) => (Number.isNaN(value) ? null : value))
  }

  const format = {
    percent: (ratio) =>
      ratio === null ? '--' : `${(100 * ratio).toFixed(Math.abs(ratio) < 0.1 ? 2 : 1)}%`,
    ratio: (value) => (value === null ? '--' : value.toFixed(2)),
    percentTick: (ratio) => `${Number((100 * ratio).toPrecision(6))}%`,
    number: (value) => {
      if (value === null || value === undefined) return '--'
      const size = Math.abs(value)
      if (size >= 10_000) return Math.round(value).toLocaleString('en').replaceAll(',', ' ')
      return String(Number(value.toPrecision(size >= 1000 ? 6 : 5)))
    },
    moment: (seconds, step) => {
      const iso = new Date(seconds * 1000).toISOString()
      return step >= DAY || iso.slice(11, 16) === '00:00'
        ? iso.slice(0, 10)
        : iso.slice(0, 16).replace('T', ' ')
    },
  }

  /** All charts on the page that share their time axis move together. */
  const group = []
  const all = []
  let isMoving = false

  const moveTogether = (chart, key) => {
    if (key !== 'x' || isMoving) return
    isMoving = true
    const { min, max } = chart.scales.x
    for (const other of group) if (other !== chart) other.setScale('x', { min, max })
    isMoving = false
  }

  const axis = (more) => ({
    stroke: () => colour('muted'),
    grid: { stroke: () => colour('line'), width: 1 },
    ticks: { stroke: () => colour('line'), width: 1, size: 4 },
    font: '11px system-ui, sans-serif',
    ...more,
  })

  const line = (label, name, value, more = {}) => ({
    label,
    stroke: colour(name),
    width: 1.6,
    points: { show: false },
    value: (_, v) => value(v),
    ...more,
  })

  /**
   * @param spec {data, series, height, tick, isTime, isLog, range, hooks, step}
   */
  const draw = (node, spec) => {
    node.replaceChildren()
    const isTime = spec.isTime ?? true
    const { hooks = {} } = spec
    const chart = new uPlot(
      {
        width: Math.max(280, spec.width ?? node.clientWidth),
        height: spec.height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
        scales: {
          x: { time: isTime },
          y: { distr: spec.isLog ? 3 : 1, ...(spec.range ? { range: spec.range } : {}) },
        },
        axes: [
          axis({
            space: 70,
            size: spec.isPane ? 8 : isTime ? 44 : 28,
            ...(spec.isPane ? { values: () => [] } : {}),
          }),
          axis({
            size: 66,
            space: spec.height < 170 ? 20 : 40,
            values: (_, ticks) =>
              ticks.map((tick) => (tick === null ? '' : (spec.tick ?? format.number)(tick))),
          }),
        ],
        series: [
          {
            label: isTime ? 'Time' : 'Epoch',
            value: (_, v) =>
              v === null ? '--' : isTime ? format.moment(v, spec.step ?? DAY) : String(v),
          },
          ...spec.series,
        ],
        legend: { markers: { width: (self, i) => (self.series[i].width === 0 ? 0 : 2) } },
        cursor: {
          drag: { x: true, y: false },
          points: { size: 6 },
          ...(isTime ? { sync: { key: 'time' } } : {}),
        },
        hooks: {
          ...hooks,
          ready: [(self) => self.setLegend({ idx: spec.data[0].length - 1 }, false)],
          ...(isTime ? { setScale: [moveTogether] } : {}),
        },
      },
      spec.data,
      node,
    )
    if (isTime) group.push(chart)
    all.push({ chart, node })
    Object.assign(node, { onkeydown: (event) => onKey(chart, event) })
    return chart
  }

  const onKey = (chart, event) => {
    const { min, max } = chart.scales.x
    const width = max - min
    const moves = {
      '+': [width / 4, -width / 4],
      '=': [width / 4, -width / 4],
      '-': [-width / 2, width / 2],
      ArrowLeft: [-width / 5, -width / 5],
      ArrowRight: [width / 5, width / 5],
    }
    const x = chart.data[0]
    if (event.key === '0' || event.key === 'Home') chart.setScale('x', { min: x[0], max: x.at(-1) })
    else if (event.key in moves && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const [left, right] = moves[event.key]
      chart.setScale('x', { min: Math.max(x[0], min + left), max: Math.min(x.at(-1), max + right) })
    } else return
    event.preventDefault()
  }

  const clip = (chart) => {
    const { ctx, bbox } = chart
    ctx.save()
    ctx.beginPath()
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
    ctx.clip()
    return ctx
  }

  /** Candles; where there is no room for each, neighbours become one. */
  const candles = (chart) => {
    const [begin, end] = chart.series[0].idxs
    const [time, open, high, low, close] = chart.data
    const x = (i) => chart.valToPos(time[i], 'x', true)
    const y = (value) => chart.valToPos(value, 'y', true)
    const room = (x(end) - x(begin)) / Math.max(1, end - begin)
    const step = Math.max(1, Math.ceil((4 * devicePixelRatio) / room))
    const half = Math.max(0.5, Math.min(6 * devicePixelRatio, room * step * 0.33))
    const ctx = clip(chart)
    const paths = { rising: new Path2D(), falling: new Path2D() }
    for (let i = begin - (begin % step); i <= end; i += step) {
      const last = Math.min(i + step, time.length) - 1
      let top = -Infinity
      let bottom = Infinity
      for (let j = i; j <= last; j++) {
        top = Math.max(top, high[j])
        bottom = Math.min(bottom, low[j])
      }
      const path = close[last] >= open[i] ? paths.rising : paths.falling
      const centre = (x(i) + x(last)) / 2
      const [from, to] = [y(open[i]), y(close[last])]
      path.rect(centre - 0.5, y(top), 1, y(bottom) - y(top))
      path.rect(centre - half, Math.min(from, to), 2 * half, Math.max(1, Math.abs(to - from)))
    }
    ctx.fillStyle = colour('rising')
    ctx.fill(paths.rising)
    ctx.fillStyle = colour('falling')
    ctx.fill(paths.falling)
    ctx.restore()
  }

  /** A line from entry to exit, blue when it gained, with the side as a triangle at the entry. */
  const marks = (trades, isShown, selected) => (chart) => {
    const ctx = clip(chart)
    const { min, max } = chart.scales.x
    const [gain, loss, chosen] = [colour('gain'), colour('loss'), selected()]
    const size = (trades.entry.length > 400 ? 3 : 4.5) * devicePixelRatio
    for (let i = 0; i < trades.entry.length; i++) {
      if (!isShown(i) || trades.exit[i] < min || trades.entry[i] > max) continue
      const x = chart.valToPos(trades.entry[i], 'x', true)
      const y = chart.valToPos(trades.entryPrice[i], 'y', true)
      const toX = chart.valToPos(trades.exit[i], 'x', true)
      const toY = chart.valToPos(trades.exitPrice[i], 'y', true)
      const isLong = trades.side[i] === 'LONG'
      ctx.strokeStyle = ctx.fillStyle = trades.netPnl[i] >= 0 ? gain : loss
      ctx.lineWidth = (i === chosen ? 3.5 : 1.5) * devicePixelRatio
      ctx.beginPath()
      ctx.moveTo(x, y)
      ctx.lineTo(toX, toY)
      ctx.stroke()
      ctx.beginPath()
      const tip = isLong ? -size : size
      ctx.moveTo(x, y + tip)
      ctx.lineTo(x - size, y - tip)
      ctx.lineTo(x + size, y - tip)
      ctx.closePath()
      ctx.fill()
      ctx.beginPath()
      ctx.arc(toX, toY, size * 0.6, 0, 2 * Math.PI)
      ctx.fill()
    }
    ctx.restore()
  }

  /** Shaded stretches of time, e.g. the training slice, with their names at the top. */
  const bands = (list) => (chart) => {
    const ctx = clip(chart)
    ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`
    ctx.textAlign = 'left'
    ctx.textBaseline = 'alphabetic'
    const { left, top, width, height } = chart.bbox
    list.forEach(({ name, firstMs, lastMs }, i) => {
      const from = chart.valToPos(firstMs / 1000, 'x', true)
      const to = chart.valToPos(lastMs / 1000, 'x', true)
      const begin = Math.max(from, left) + 4 * devicePixelRatio
      ctx.fillStyle = colour(i % 2 === 0 ? 'band' : 'band2')
      ctx.fillRect(from, top, to - from, height)
      if (Math.min(to, left + width) - begin < ctx.measureText(name).width) return
      ctx.fillStyle = colour('muted')
      ctx.fillText(name, begin, top + 12 * devicePixelRatio)
    })
    ctx.restore()
  }

  /** Where a training was saved, resumed, and best. */
  const epochs =
    ({ bestEpoch, checkpoints, resumes }) =>
    (chart) => {
      const ctx = clip(chart)
      const { top, height } = chart.bbox
      const px = devicePixelRatio
      const at = (epoch) => chart.valToPos(epoch, 'x', true)
      const vertical = (epoch, name, dash) => {
        ctx.strokeStyle = colour(name)
        ctx.setLineDash(dash.map((length) => length * px))
        ctx.lineWidth = 1.5 * px
        ctx.beginPath()
        ctx.moveTo(at(epoch), top)
        ctx.lineTo(at(epoch), top + height)
        ctx.stroke()
      }
      for (const { epoch } of resumes) vertical(epoch, 'loss', [4, 3])
      if (bestEpoch !== null) {
        vertical(bestEpoch, 'muted', [1, 3])
        ctx.fillStyle = colour('muted')
        ctx.font = `${10 * px}px system-ui, sans-serif`
        ctx.textBaseline = 'alphabetic'
        ctx.textAlign = at(bestEpoch) > chart.bbox.left + chart.bbox.width / 2 ? 'right' : 'left'
        ctx.fillText(
          'best',
          at(bestEpoch) + (ctx.textAlign === 'right' ? -4 : 4) * px,
          top + 12 * px,
        )
      }
      ctx.fillStyle = colour('gain')
      for (const { epoch } of checkpoints) {
        ctx.beginPath()
        ctx.moveTo(at(epoch) - 4 * px, top + height)
        ctx.lineTo(at(epoch) + 4 * px, top + height)
        ctx.lineTo(at(epoch), top + height - 7 * px)
        ctx.fill()
      }
      ctx.restore()
    }

  const forget = () => {
    for (const { chart } of all) chart.destroy()
    all.length = group.length = 0
  }

  return {
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
  }
})()
