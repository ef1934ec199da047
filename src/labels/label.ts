// The contract of every labeler. Labels are the only place where the future may be seen, so each label says
// how far it looked: the splitter drops every row whose label ends behind the border of its slice.

/** Class numbers of signal labels, as upstream. */
export const SIGNALS = ['BUY', 'HOLD', 'SELL'] as const
export const BUY = 0
export const HOLD = 1
export const SELL = 2

export type Labels = {
  /** Number of classes; 0 when the labels are values. */
  readonly classCount: number
  /** One entry a bar: the class number or the value; NaN where the bar has no (decided) label. */
  readonly values: Float64Array
  /** Index of the last bar whose data the label of this bar uses; −1 where there is no label. */
  readonly endBar: Int32Array
}

export type LabelSettings =
  | { readonly source: 'zigzag'; readonly threshold: number }
  | { readonly source: 'forward_return'; readonly horizon: number }
