// What each indicator is, in a line: for people who choose one. The headers of the indicators' own files say more, and
// where a formula is from. O, H, L, C, V are the columns of a bar, x is the source, TP = (H + L + C) / 3.

export type Summary = { readonly title: string; readonly formula: string }

/** Canonical type → summary. */
export const SUMMARIES: Readonly<Record<string, Summary>> = {
  adline: {
    title: 'Accumulation/distribution line',
    formula: 'line = running sum of ((C − L) − (H − C)) / (H − L) · V',
  },
  adx: {
    title: 'Average directional index',
    formula:
      'adx = avg(100 · |+DI − −DI| / (+DI + −DI)), ±DI = 100 · avg(±DM) / avg(true range), avg with α = 1/period',
  },
  aroon: {
    title: 'Aroon',
    formula:
      'up = (n − bars since the highest high) / n · 100 over the last n = period bars, down likewise, oscillator = up − down',
  },
  atr: { title: 'Average true range', formula: 'mean of max(H − L, |H − C₋₁|, |L − C₋₁|)' },
  bollingerbands: {
    title: 'Bollinger bands',
    formula: 'mean(x) ± multiplier · sample standard deviation(x), over period bars',
  },
  bollingerbandwidth: {
    title: 'Bollinger bandwidth',
    formula: '(upper − lower) / middle of the Bollinger bands',
  },
  cci: {
    title: 'Commodity channel index',
    formula: '(TP − mean(TP)) / (0.015 · mean absolute deviation of TP)',
  },
  cmf: {
    title: 'Chaikin money flow',
    formula:
      'cmf = Σ (((C − L) − (H − C)) / (H − L) · V) / Σ V over period bars, signal = EMA₉(cmf)',
  },
  distancefromma: {
    title: 'Distance from a moving average',
    formula: '(x − MA) / MA · 100, MA simple or exponential',
  },
  donchianchannels: {
    title: 'Donchian channels',
    formula: 'the highest high and the lowest low of period bars, and the middle between them',
  },
  exponentialmovingaverage: {
    title: 'Exponential moving average',
    formula: 'mean of x with weights (1 − α)^age, α = 2 / (period + 1)',
  },
  fishertransform: {
    title: 'Fisher transform',
    formula:
      'EMA(½ · ln((1 + y) / (1 − y))), y = where the median price lies in the range of period bars, −1 to 1; signal = the bar before',
  },
  ichimoku: {
    title: 'Ichimoku',
    formula:
      'tenkan, kijun, senkou_b = (highest high + lowest low) / 2 of their periods, senkou_a = (tenkan + kijun) / 2, chikou = C',
  },
  keltnerchannels: {
    title: 'Keltner channels',
    formula: 'EMA(C) ± multiplier · mean true range of atr_period bars',
  },
  macd: {
    title: 'Moving average convergence/divergence',
    formula: 'line = EMA_fast(x) − EMA_slow(x), signal = EMA(line), histogram = line − signal',
  },
  mfi: {
    title: 'Money flow index',
    formula:
      '100 − 100 / (1 + P/N), P and N the sums of TP · V on bars whose TP rose, and on which it fell',
  },
  momentum: { title: 'Momentum', formula: 'change of x over period bars' },
  obv: {
    title: 'On-balance volume',
    formula: 'running sum of V, counted up when C rose and down when it fell',
  },
  parabolicsar: {
    title: 'Parabolic stop and reverse',
    formula: 'sar = sar₋₁ + acceleration · (extreme − sar₋₁), turning when a bar reaches it',
  },
  roc: { title: 'Rate of change', formula: 'change of x over period bars, in percent' },
  rsi: {
    title: 'Relative strength index',
    formula: '100 − 100 / (1 + G/L), G and L the averages (Wilder) of gains and of losses',
  },
  rvi: {
    title: 'Relative vigor index',
    formula: 'rvi = mean(C − O) / mean(H − L), both smoothed over four bars; signal = mean(rvi)',
  },
  simplemovingaverage: { title: 'Simple moving average', formula: 'mean of x over period bars' },
  squeezeintensity: {
    title: 'Squeeze intensity',
    formula:
      'how far the Bollinger bands lie inside the Keltner channels, as a share of their height, 0 to ½',
  },
  stochastic: {
    title: 'Stochastic oscillator',
    formula: 'k = mean of (C − lowest low) / (highest high − lowest low) · 100, d = mean(k)',
  },
  supertrend: {
    title: 'SuperTrend',
    formula:
      'trend = a stop multiplier · mean true range from (H + L) / 2 that only follows the price; direction = +1 or −1',
  },
  volumeratio: { title: 'Volume ratio', formula: 'V / mean(V) over period bars' },
  vwap: {
    title: 'Volume-weighted average price',
    formula: 'Σ TP · V / Σ V over period bars, or since the first bar with period 0',
  },
  weightedmovingaverage: {
    title: 'Weighted moving average',
    formula: 'Σ i · x / Σ i over period bars, i = 1 for the oldest',
  },
  williamsr: {
    title: 'Williams %R',
    formula: '(C − highest high) / (highest high − lowest low) · 100, from −100 to 0',
  },
  zigzag: {
    title: 'ZigZag',
    formula: 'the price at the extremes of swings of at least threshold, NaN between them',
  },
}
