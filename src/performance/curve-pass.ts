// One pass over the curve of a strategy and that of holding beside it, block after block: what is looked at together
// stays in the first cache of a processor, and no second column is made of a long curve.

import { areDefined, readReturns } from './bar-returns.ts'
import { addPoints, beginDrawdowns } from './drawdown.ts'
import type { CurveSums } from './equity-curve.ts'
import { addValues, beginLowEnd, type LowEnd } from './quantile.ts'
import { joinMoments, momentsOf, type JointMoments } from './return-moments.ts'
import { TAIL } from './tail-risk.ts'

/** Returns of a block. */
const BLOCK = 1024

/** The points of the bars `from` … `to` − 1 of a curve; they hold until the next call. */
export type Points = (from: number, to: number) => Float64Array

export type CurvePass = {
  readonly own: CurveSums
  /** Of its returns; `null` where they are undefined. */
  readonly lowest: LowEnd | null
  readonly holding: CurveSums
  /** Of the returns of both; `null`: there are none. */
  readonly moments: JointMoments | null
}

/** @param equity one point or more; as many as `holding` has */
export function passOver(equity: Float64Array, holding: Points, capital: number): CurvePass {
  const count = equity.length - 1
  const drawdowns = beginDrawdowns(capital)
  const drawdownsOfHolding = beginDrawdowns(capital)
  const lowest = beginLowEnd(count, TAIL, (place) => equity[place + 1]! / equity[place]! - 1)
  const returns = new Float64Array(BLOCK)
  const returnsOfHolding = new Float64Array(BLOCK)
  let points = equity.subarray(0, 1)
  let pointsOfHolding = holding(0, 1)
  addPoints(drawdowns, points)
  addPoints(drawdownsOfHolding, pointsOfHolding)
  let moments: JointMoments | null = null
  for (let from = 0; from < count; from += BLOCK) {
    const to = Math.min(from + BLOCK, count)
    points = equity.subarray(from, to + 1)
    pointsOfHolding = holding(from, to + 1)
    const sums = readReturns(points, returns)
    const sumsOfHolding = readReturns(pointsOfHolding, returnsOfHolding)
    addPoints(drawdowns, points.subarray(1))
    addPoints(drawdownsOfHolding, pointsOfHolding.subarray(1))
    addValues(lowest, returns, to - from)
    const ofBlock = momentsOf(sums, returns, sumsOfHolding, returnsOfHolding)
    moments = moments === null ? ofBlock : joinMoments(moments, ofBlock)
  }
  return {
    own: { last: points.at(-1)!, moments: moments && moments.own, drawdowns },
    lowest: areDefined(moments && moments.own) ? lowest : null,
    holding: {
      last: pointsOfHolding.at(-1)!,
      moments: moments && moments.holding,
      drawdowns: drawdownsOfHolding,
    },
    moments,
  }
}
