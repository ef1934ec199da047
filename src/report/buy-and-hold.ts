// Buying at the first close with all the capital and selling at the last, at the same costs: the curve behind
// `buyAndHold` of the metrics.

export function holdEquity(
  closes: Float64Array,
  {
    capital,
    commission,
    slippage,
  }: { readonly capital: number; readonly commission: number; readonly slippage: number },
): Float64Array {
  const units = capital / (closes[0]! * (1 + slippage) * (1 + commission))
  const last = closes.length - 1
  const sold = (1 - slippage) * (1 - commission)
  return closes.map((close, bar) => units * close * (bar === last ? sold : 1))
}
