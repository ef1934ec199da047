// A backtest in the order of events that docs/backtest-assumptions.md promises, told a second time as plainly as can be:
// every bar goes the same way, nothing is remembered that can be looked up, no speed. src/backtest/simulate.ts must agree.

import type { Instrument } from '../../src/backtest/instrument.ts'
import type { SimulationSettings } from '../../src/backtest/simulation-settings.ts'
import {
  distanceAt,
  feeOf,
  inWholeLots,
  offered,
  sizeWanted,
  taken,
  unitsThatCost,
  type Direction,
} from './naive-money.ts'

type Held = {
  direction: Direction
  units: number
  entries: number
  entryBar: number
  /** Mean of its entries. */
  price: number
  fees: number
  carry: number
  stop: number | null
  target: number | null
  trailing: number | null
  /** How far the trailing stop stays behind the best price. */
  behind: (best: number) => number
  best: number
}

type Waiting = {
  closes: boolean
  enters: Direction | null
  decided: number
  stop: number | null
  limit: number | null
}

type Symbol = Instrument & {
  held: Held | null
  waiting: Waiting | null
  lastFill: number | null
  /** Its bar of this step, if it has one; its last known price. */
  bar: number | null
  mark: number
}

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

type Fill = { readonly price: number; readonly isMaker: boolean }
type Moment = { readonly price: number; readonly isOpen: boolean }

export function naiveSimulation(instruments: readonly Instrument[], settings: SimulationSettings) {
  const { order, exits = {}, decisions, leverage = 1, maxEntries = 1 } = settings
  const symbols: Symbol[] = instruments
    .map((one) => ({ ...one, held: null, waiting: null, lastFill: null, bar: null, mark: NaN }))
    .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1))
  const trades: NaiveTrade[] = []
  const equity: number[] = []
  const rejected: Record<string, number> = {}
  let cash = settings.capital

  const reject = (reason: string) => void (rejected[reason] = (rejected[reason] ?? 0) + 1)
  const holding = (but?: Symbol) => symbols.filter((one) => one.held !== null && one !== but)
  const valueOf = (one: Symbol) => one.held!.units * one.mark
  const signedValue = (one: Symbol) => one.held!.direction * valueOf(one)
  const total = (all: readonly Symbol[], value: (one: Symbol) => number) =>
    all.reduce((sum, one) => sum + value(one), 0)
  const worth = () => cash + total(holding(), signedValue)

  // Exits.

  function leave(one: Symbol, reason: string, { price, isMaker }: Fill, bar = one.bar!): void {
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
  function stopsOf(one: Symbol): { price: number; reason: string }[] {
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
  function marginCall(one: Symbol, direction: Direction, units: number): number | null {
    const margin = settings.maintenanceMargin
    if (margin === undefined) return null
    const room = cash + total(holding(one), signedValue) - margin * total(holding(one), valueOf)
    const price = room / (margin - direction) / units
    return price > 0 ? price : direction > 0 ? null : 0
  }

  /** Whatever stops a position comes before its target, which only who was there at the open may count on. */
  function leaveFrom(one: Symbol, from: Moment, to: { low: number; high: number }): void {
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

  function enter(one: Symbol, { enters, decided }: Waiting, fill: Fill): boolean {
    const direction = enters!
    const { held } = one
    const bar = one.bar!
    if (held !== null && (held.direction !== direction || held.entries >= maxEntries))
      return refuse('alreadyInPosition')
    const units = unitsOf(one, direction, decided, fill)
    if (typeof units === 'string') return refuse(units)
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
    if (Number.isNaN(stop + target + behind)) return refuse('unknownRange')
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

  function refuse(reason: string): false {
    reject(reason)
    return false
  }

  function priceOf(one: Symbol, direction: Direction, units: number, { price, isMaker }: Fill) {
    return isMaker ? price : taken(direction, price, units, one.bars, one.bar!, settings)
  }

  function unitsOf(one: Symbol, direction: Direction, decided: number, fill: Fill) {
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
    return lots > 0 ? lots : 'zeroSize'
  }

  /** The fill of an order that waits for a price, with the price of the bars at that moment. */
  function met(waiting: Waiting, one: Symbol): (Fill & { moment: Moment }) | null {
    const { bars } = one
    const bar = one.bar!
    const direction = waiting.enters!
    const open = { price: bars.open[bar]!, isOpen: true }
    const [cheapest, dearest] =
      direction > 0 ? [bars.low[bar]!, bars.high[bar]!] : [bars.high[bar]!, bars.low[bar]!]
    const reaches = (price: number, level: number) => direction * (price - level) >= 0
    let moment: Moment | null = open
    if (waiting.stop !== null) {
      const { stop } = waiting
      if (!reaches(dearest, stop)) return null
      if (!reaches(open.price, stop)) moment = { price: stop, isOpen: false }
      if (waiting.limit === null) return { price: moment.price, isMaker: false, moment }
      waiting.stop = null
    }
    const limit = waiting.limit!
    const now = offered(direction, moment.price, settings)
    if (reaches(limit, now)) return { price: now, isMaker: true, moment }
    if (!moment.isOpen || !reaches(limit, offered(direction, cheapest, settings))) return null
    moment = { price: limit / offered(direction, 1, settings), isOpen: false }
    return { price: limit, isMaker: true, moment }
  }

  // The parts of a bar.

  function open(one: Symbol): void {
    const { held, waiting, bars, funding } = one
    const bar = one.bar!
    if (held === null) return
    const { direction, units } = held
    const price = bars.open[bar]!
    const [since, now] = [bars.timestampMs[bar - 1]!, bars.timestampMs[bar]!]
    const years = (now - since) / (365.25 * 86_400_000)
    const fee = direction < 0 ? (settings.costs?.borrowFee ?? 0) : 0
    const due = (_: number, i: number) =>
      funding!.timestampMs[i]! > since && funding!.timestampMs[i]! <= now
    const rate = (funding?.rate ?? new Float64Array()).filter(due).reduce((a, b) => a + b, 0)
    const carry = fee * units * one.mark * years + rate * direction * units * price
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

  function enterAtOpen(one: Symbol): void {
    const { waiting } = one
    if (waiting === null || waiting.stop !== null || waiting.limit !== null) return
    one.waiting = null
    enter(one, waiting, { price: one.bars.open[one.bar!]!, isMaker: false })
  }

  function inside(one: Symbol): void {
    const { bars } = one
    const bar = one.bar!
    const [low, high] = [bars.low[bar]!, bars.high[bar]!]
    leaveFrom(one, { price: bars.open[bar]!, isOpen: true }, { low, high })
    let seen = { low, high }
    const { waiting } = one
    if (waiting !== null) {
      const fill = met(waiting, one)
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

  function decide(one: Symbol): void {
    const bar = one.bar!
    const { held, waiting, bars } = one
    const intents = one.intentsAt(bar)
    const said = intents.bits[bar - intents.from]!
    const wants = { long: (said & 1) > 0, short: (said & 4) > 0 }
    const leaves = (direction: Direction) => (said & (direction > 0 ? 2 : 8)) > 0
    const closes = held !== null && leaves(held.direction)
    const allowed: Direction[] = []
    if (wants.long && settings.sides !== 'short') allowed.push(1)
    if (wants.short && settings.sides !== 'long') allowed.push(-1)
    const possible = allowed.filter((direction) => !closes || direction !== held.direction)
    let enters = possible.length === 1 ? possible[0]! : null
    if (closes && !settings.reverse) enters = null
    if (enters !== null && one.lastFill !== null) {
      const hours = (bars.timestampMs[bar]! - bars.timestampMs[one.lastFill]!) / 3_600_000
      if (hours < decisions.minSignalSeparationHours) enters = null
      if (bar - one.lastFill < decisions.minSignalSeparationBars) enters = null
    }
    if (enters !== null && decisions.positionAwareness) {
      if (held !== null && !closes) {
        if (held.direction !== enters || held.entries >= maxEntries) enters = null
      } else if (enters < 0 && decisions.outputFormat === 'classification')
        if (!decisions.allowShortFromFlat) enters = null
    }
    const isGivenUp = closes || enters !== null || (waiting !== null && leaves(waiting.enters!))
    if (waiting !== null && isGivenUp) {
      reject('replaced')
      one.waiting = null
    }
    if (!closes && enters === null) return
    const prices = enters === null ? NOWHERE : pricesOf(one, enters)
    if (prices === null) reject('unknownRange')
    if (prices === null && !closes) return
    one.waiting = {
      closes,
      enters: prices === null ? null : enters,
      decided: bar,
      ...(prices ?? NOWHERE),
    }
  }

  function pricesOf(one: Symbol, direction: Direction): Pick<Waiting, 'stop' | 'limit'> | null {
    if (order === undefined || order.type === 'market') return NOWHERE
    const close = one.bars.close[one.bar!]!
    const offset = distanceAt(order.offset, close, one.bars, one.bar!)
    if (Number.isNaN(offset)) return null
    if (order.type === 'limit') return { stop: null, limit: close - direction * offset }
    const stop = close + direction * offset
    if (order.type === 'stop') return { stop, limit: null }
    const beyond = distanceAt(order.limit, close, one.bars, one.bar!)
    return Number.isNaN(beyond) ? null : { stop, limit: stop + direction * beyond }
  }

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
        one.waiting = null
        if (waiting !== null && waiting.enters !== null)
          enter(one, waiting, { price: one.mark, isMaker: false })
      }
    }
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

const NOWHERE = { stop: null, limit: null }

/** A price of 0 or less is never met. */
function possible(price: number): number | null {
  return price > 0 ? price : null
}

/** A trailing stop never moves away from the price. */
function tighten(held: Held, stop: number): void {
  if (stop > 0 && (held.trailing === null || held.direction * (stop - held.trailing) > 0))
    held.trailing = stop
}
