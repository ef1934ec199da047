// Triple barrier (López de Prado 2018, ch. 3.4), as upstream computes it. A bet opened at the close of bar t ends at the
// first bar t+k, k ≤ maxHoldingPeriod, whose high reaches C·(1 + ptMultiplier·v) or whose low reaches
// C·(1 − slMultiplier·v), v being the volatility known at t; a bar that reaches both counts as up when it closes at C or
// above. When the time runs out first, a return within ½·v·√maxHoldingPeriod says nothing, a larger one its sign.
// Up is BUY, down is SELL, nothing is HOLD.
//
// `endBar` is the bar that ends the bet, and a bet has a label as soon as it has ended. Upstream drops the last
// maxHoldingPeriod bars, ended or not, and fills missing volatilities from later bars (W19): here there is no bet where
// no volatility above 0 is known. With CUSUM the bars between events have no bet (W10).

import type { Bars } from '../data/bars.ts'
import { cusumEvents, cusumThresholds } from './cusum.ts'
import { BUY, HOLD, SELL, SIGNALS, type Labels, type TripleBarrierSettings } from './label.ts'
import { uniqueness } from './uniqueness.ts'
import { logReturns, rangeVolatility, returnVolatility } from './volatility.ts'

export type Bets = {
  /** Bar at which the bet of each bar is closed; the number of bars = still open, −1 = no bet. */
  readonly closedAt: Int32Array
  /** Class of each closed bet; NaN where there is none. */
  readonly outcomes: Float64Array
}

export type Barriers = Pick<
  TripleBarrierSettings,
  'ptMultiplier' | 'slMultiplier' | 'maxHoldingPeriod'
>

export function tripleBarrierLabels(bars: Bars, settings: TripleBarrierSettings): Labels {
  const { volMethod, volSpan, cusum } = settings
  const volatility =
    volMethod === 'atr'
      ? rangeVolatility(bars, volSpan)
      : returnVolatility(logReturns(bars.close), volSpan)
  const events = cusum === null ? null : eventsOf(bars.close, volSpan, cusum)
  const { closedAt, outcomes } = placeBets(bars, volatility, events, settings)
  return {
    classes: SIGNALS,
    values: outcomes,
    endBar: closedAt.map((end) => (end < bars.length ? end : -1)),
    weights: settings.computeWeights ? uniqueness(closedAt) : null,
  }
}

function eventsOf(
  close: Float64Array,
  volSpan: number,
  { threshold, multiplier }: NonNullable<TripleBarrierSettings['cusum']>,
): Uint8Array {
  const returns = logReturns(close)
  const thresholds =
    threshold === null
      ? cusumThresholds(returnVolatility(returns, volSpan), multiplier)
      : new Float64Array(close.length).fill(threshold)
  return cusumEvents(returns, thresholds)
}

/** @param events 1 at each bar that may open a bet; null = every bar */
export function placeBets(
  { high, low, close, length }: Bars,
  volatility: Float64Array,
  events: Uint8Array | null,
  { ptMultiplier, slMultiplier, maxHoldingPeriod }: Barriers,
): Bets {
  const closedAt = new Int32Array(length).fill(-1)
  const outcomes = new Float64Array(length).fill(NaN)
  const quiet = Math.sqrt(maxHoldingPeriod) * 0.5
  for (let t = 0; t < length; t++) {
    if (!(volatility[t]! > 0) || events?.[t] === 0) continue
    const entry = close[t]!
    const upper = entry * (1 + ptMultiplier * volatility[t]!)
    const lower = entry * (1 - slMultiplier * volatility[t]!)
    const expiry = t + maxHoldingPeriod
    const last = Math.min(expiry, length - 1)
    let end = t + 1
    while (end <= last && high[end]! < upper && low[end]! > lower) end++
    if (end <= last) {
      const isUp = high[end]! >= upper && (low[end]! > lower || close[end]! >= entry)
      closedAt[t] = end
      outcomes[t] = isUp ? BUY : SELL
    } else if (expiry < length) {
      const change = (close[expiry]! - entry) / entry
      closedAt[t] = expiry
      outcomes[t] = Math.abs(change) < volatility[t]! * quiet ? HOLD : change > 0 ? BUY : SELL
    } else {
      closedAt[t] = length
    }
  }
  return { closedAt, outcomes }
}
