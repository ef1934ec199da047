import { barsFromCloses } from './make-bars.ts'

/** 24 closes with four swings, on which the labels have figures of an independent calculation of upstream's formulas. */
export const D24_CLOSES = [
  100, 101, 103, 102, 104, 107, 106, 103, 100, 98, 97, 99, 102, 105, 104, 106, 109, 108, 105, 101,
  99, 100, 103, 104,
]

/** Bars with these closes, from 1.5 below to 1 above. */
export const d24Bars = barsFromCloses(
  D24_CLOSES,
  (close) => close + 1,
  (close) => close - 1.5,
)
