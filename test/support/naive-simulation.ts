// A backtest in the order of events that docs/backtest-assumptions.md promises, told a second time as plainly as can be:
// every bar goes the same way, nothing is remembered that can be looked up, no speed. src/backtest/simulate.ts must agree.

import type { Instrument } from '../../src/backtest/instrument.ts'
import type { SimulationSettings } from '../../src/trading/simulation-settings.ts'
import {
  carryAt,
  distanceAt,
  feeOf,
  inWholeLots,
  offered,
  sizeWanted,
  taken,
  unitsThatCost,
  type Direction,
} from './naive-money.ts'
import {
  met,
  NOWHERE,
  possible,
  tighten,
  waitingPrices,
  wantedAt,
  type Fill,
  type Moment,
  type Traded,
  type Waiting,
} from './naive-orders.ts'

export type NaiveTrade = {
  readonly symbol: string
  readonly side: 'LONG' | 'SHORT'
  readonly units: number
  readonly entries: number
  readonly entryBar: number
  readonly entryPrice: number
  readonly exitBar: number
  readonly exitPrice: number
  readonly exitReason: string
  readonly commission: number
  readonly financingCost: number
}

export function naiveSimulation(instruments: readonly Instrument[], settings: SimulationSettings) {
  const { order, exits = {}, leverage = 1, maxEntries = 1 } = settings
  const symbols: Traded[] = instruments
    .map((one) => ({ ...one, held: null, waiting: null, lastFill: null, bar: null, mark: NaN }))
    .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1))
  const trades: NaiveTrade[] = []
  const equity: number[] = []
  const rejected: Record<string, number> = {}
  let cash = settings.capital

  const holding = (but?: Traded) => symbols.filter((one) => one.held !== null && one !== but)
  const valueOf = (one: Traded) => one.held!.units * one.mark
  const signedValue = (one: Traded) => one.held!.direction * valueOf(one)
  const total = (all: readonly Traded[], value: (one: Traded) => number) =>
    all.reduce((sum, one) => sum + value(one), 0)
  const worth = () => cash + total(holding(), signedValue)

  function reject(reason: string): false {
    rejected[reason] = (rejected[reason] ?? 0) + 1
    return false
  }

  // Exits.

  function leave(one: Traded, reason: string, { price, isMaker }: Fill, bar = one.bar!): void {
    const { direction, units, price: entryPrice, fees, carry, ...held } = one.held!
    const away: Direction = direction > 0 ? -1 : 1
    const exitPrice = isMaker ? price : taken(away, price, units, one.bars, bar, settings)
    const fee = feeOf(units, exitPrice, isMaker, settings)
    cash += direction * units * exitPrice - fee
    trades.push({
      symbol: one.symbol,
      side: direction > 0 ? 'LONG' : 'SHORT',
      units,
      entries: held.entries,
      entryBar: held.entryBar,
      entryPrice,
      exitBar: bar,
      exitPrice,
      exitReason: reason,
      commission: fees + fee,
      financingCost: carry,
    })
    one.held = null
    one.lastFill = bar
    if (one.waiting !== null && !one.waiting.closes) {
      reject('replaced')
      one.waiting = null
    }
  }

  /** The stops, those that the price meets first in front. */
  function stopsOf(one: Traded): { price: number; reason: string }[] {
    const { direction, units, stop, trailing } = one.held!
    const all: { price: number | null; reason: string }[] = [
      { price: marginCall(one, direction, units), reason: 'margin call' },
      { price: stop, reason: 'stop loss' },
      { price: trailing, reason: 'trailing stop' },
    ]
    return all
      .flatMap(({ price, reason }) => (price === null ? [] : [{ price, reason }]))
      .toSorted((a, b) => direction * (b.price - a.price))
  }

  /** cash + others + direction · units · price = margin · (|others| + units · price) */
  function marginCall(one: Traded, direction: Direction, units: number): number | null {
    const margin = settings.maintenanceMargin
    if (margin === undefined) return null
    const room = cash + total(holding(one), signedValue) - margin * total(holding(one), valueOf)
    const price = room / (margin - direction) / units
    return price > 0 ? price : direction > 0 ? null : 0
  }

  /** Whatever stops a position comes before its target, which only who was there at the open may count on. */
  function leaveFrom(one: Traded, from: Moment, to: { low: number; high: number }): void {
    if (one.held === null) return
    const { direction, target } = one.held
    const [worst, best] = direction > 0 ? [to.low, to.high] : [to.high, to.low]
    const beyond = (a: number, b: number) => direction * (a - b) >= 0
    const [stop] = stopsOf(one)
    if (stop !== undefined && beyond(stop.price, worst)) {
      const price = beyond(stop.price, from.price) ? from.price : stop.price
      leave(one, stop.reason, { price, isMaker: false })
      return
    }
    const away: Direction = direction > 0 ? -1 : 1
    if (target === null || !from.isOpen || !beyond(offered(away, best, settings), target)) return
    const first = offered(away, from.price, settings)
    leave(one, 'take profit', { price: beyond(first, target) ? first : target, isMaker: true })
  }

  // Entries.

  function enter(one: Traded, { enters, decided }: Waiting, fill: Fill): boolean {
    const direction = enters!
    const { held } = one
    const bar = one.bar!
    if (held !== null && (held.direction !== direction || held.entries >= maxEntries))
      return reject('alreadyInPosition')
    const units = unitsOf(one, direction, decided, fill)
    if (typeof units === 'string') return reject(units)
    const price = priceOf(one, direction, units, fill)
    const sum = (held?.units ?? 0) + units
    const mean = held === null ? price : (held.units * held.price + units * price) / sum
    const awayBy = (distance: typeof exits.stopLoss) =>
      distance === undefined ? 0 : distanceAt(distance, mean, one.bars, decided)
    const [stop, target, behind] = [
      awayBy(exits.stopLoss),
      awayBy(exits.takeProfit),
      awayBy(exits.trailingStop),
    ]
    if (Number.isNaN(stop + target + behind)) return reject('unknownRange')
    const fee = feeOf(units, price, fill.isMaker, settings)
    cash -= direction * units * price + fee
    const ratio = exits.trailingStop?.kind === 'ratio' ? exits.trailingStop.ratio : null
    one.held = {
      direction,
      units: sum,
      entries: (held?.entries ?? 0) + 1,
      entryBar: held?.entryBar ?? bar,
      price: mean,
      fees: (held?.fees ?? 0) + fee,
      carry: held?.carry ?? 0,
      stop: exits.stopLoss ? possible(mean - direction * stop) : null,
      target: exits.takeProfit ? possible(mean + direction * target) : null,
      trailing: held?.trailing ?? null,
      behind: (best) => (ratio === null ? behind : ratio * best),
      best: held?.best ?? price,
    }
    if (exits.trailingStop) tighten(one.held, mean - direction * behind)
    one.lastFill = bar
    return true
  }

  function priceOf(one: Traded, direction: Direction, units: number, { price, isMaker }: Fill) {
    return isMaker ? price : taken(direction, price, units, one.bars, one.bar!, settings)
  }

  function unitsOf(one: Traded, direction: Direction, decided: number, fill: Fill) {
    const { bars } = one
    const own = worth()
    if (own <= 0) return 'noEquity'
    const free = leverage * own - total(holding(), valueOf)
    if (free <= 1e-12 * own) return 'noMargin'
    const wanted = sizeWanted(own, fill.price, fill.isMaker, bars, decided, settings)
    if (Number.isNaN(wanted)) return 'unknownRange'
    const limits = settings.costs?.slippageOfVolume
    const available = limits ? limits.maxShare * bars.volume[one.bar!]! : Infinity
    if (available === 0) return 'noVolume'
    const payable = (units: number) =>
      unitsThatCost(free, priceOf(one, direction, units, fill), fill.isMaker, settings, leverage)
    let units = Math.min(wanted, payable(0), available)
    if (limits) units = Math.min(units, payable(units))
    const lots = inWholeLots(units, settings, (some) => {
      const price = priceOf(one, direction, some, fill)
      return some * price + leverage * feeOf(some, price, fill.isMaker, settings) <= free
    })
    return lots > 0 && priceOf(one, direction, lots, fill) > 0 ? lots : 'zeroSize'
  }

  // The parts of a bar.

  function open(one: Traded): void {
    const { held, waiting, bars } = one
    const bar = one.bar!
    if (held === null) return
    const price = bars.open[bar]!
    const carry = carryAt(one, held, bar, settings)
    held.carry += carry
    cash -= carry
    const fill = { price, isMaker: false }
    if (waiting?.closes) {
      leave(one, 'signal', fill)
      waiting.closes = false
      if (waiting.enters === null) one.waiting = null
    } else if (bar - held.entryBar >= (exits.maxBars ?? Infinity)) leave(one, 'time limit', fill)
    else leaveFrom(one, { price, isOpen: true }, { low: price, high: price })
  }

  function enterAtOpen(one: Traded): void {
    const { waiting } = one
    if (waiting === null || waiting.stop !== null || waiting.limit !== null) return
    one.waiting = null
    enter(one, waiting, { price: one.bars.open[one.bar!]!, isMaker: false })
  }

  function inside(one: Traded): void {
    const { bars } = one
    const bar = one.bar!
    const [low, high] = [bars.low[bar]!, bars.high[bar]!]
    leaveFrom(one, { price: bars.open[bar]!, isOpen: true }, { low, high })
    let seen = { low, high }
    const { waiting } = one
    if (waiting !== null) {
      const fill = met(one, waiting, settings)
      if (fill !== null) {
        one.waiting = null
        if (enter(one, waiting, fill)) {
          leaveFrom(one, fill.moment, { low, high })
          if (!fill.moment.isOpen) seen = { low: bars.close[bar]!, high: bars.close[bar]! }
        }
      } else if (order && order.type !== 'market' && order.expiryBars !== null) {
        if (bar - waiting.decided >= order.expiryBars) {
          one.waiting = null
          reject('expired')
        }
      }
    }
    const { held } = one
    if (held === null || exits.trailingStop === undefined) return
    held.best = held.direction > 0 ? Math.max(held.best, seen.high) : Math.min(held.best, seen.low)
    tighten(held, held.best - held.direction * held.behind(held.best))
  }

  function decide(one: Traded): void {
    const { closes, enters, givesUp } = wantedAt(one, settings)
    if (one.waiting !== null && givesUp) {
      reject('replaced')
      one.waiting = null
    }
    if (!closes && enters === null) return
    const prices = enters === null ? NOWHERE : waitingPrices(one, enters, settings)
    if (prices === null) reject('unknownRange')
    if (prices === null && !closes) return
    one.waiting = {
      closes,
      enters: prices === null ? null : enters,
      decided: one.bar!,
      ...(prices ?? NOWHERE),
    }
  }

  const endsWith = (one: Traded) => one.bar === one.endBar - 1 && settings.leaveOpen !== true
  const stamps = symbols.flatMap(({ bars, firstBar, endBar }) => [
    ...bars.timestampMs.subarray(firstBar, endBar),
  ])
  for (const stamp of [...new Set(stamps)].toSorted((a, b) => a - b)) {
    for (const one of symbols) {
      const at = one.bars.timestampMs.indexOf(stamp)
      one.bar = at >= one.firstBar && at < one.endBar ? at : null
    }
    const present = symbols.filter(({ bar }) => bar !== null)
    present.forEach(open)
    present.forEach(enterAtOpen)
    present.forEach(inside)
    for (const one of present) one.mark = one.bars.close[one.bar!]!
    present.forEach(decide)
    if (order?.type === 'market' && order.at === 'close') {
      for (const one of present) {
        if (!one.waiting?.closes) continue
        leave(one, 'signal', { price: one.mark, isMaker: false })
        one.waiting.closes = false
      }
      for (const one of present) {
        const { waiting } = one
        if (waiting?.enters && endsWith(one)) continue
        one.waiting = null
        if (waiting !== null && waiting.enters !== null)
          enter(one, waiting, { price: one.mark, isMaker: false })
      }
    }
    if (stamp < Math.max(...stamps))
      for (const one of present.filter((each) => each.held !== null && endsWith(each)))
        leave(one, 'end of data', { price: one.mark, isMaker: false })
    equity.push(worth())
  }
  const waiting = symbols.filter((one) => one.waiting !== null).length
  for (const one of symbols) one.waiting = null
  if (settings.leaveOpen !== true) {
    for (const one of holding())
      leave(one, 'end of data', { price: one.mark, isMaker: false }, one.endBar - 1)
    equity[equity.length - 1] = cash
  }
  return { trades, equity, rejected, waiting }
}
