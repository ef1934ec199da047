// Figures of one curve by itself, for tests that have no market beside it.

import { passOver, type CurvePass } from '../../src/performance/curve-pass.ts'
import {
  curveFigures,
  type Account,
  type CurveFigures,
} from '../../src/performance/equity-curve.ts'
import { tailRisk, type TailRisk } from '../../src/performance/tail-risk.ts'

export function figuresOfCurve(equity: Float64Array, account: Account): CurveFigures & TailRisk {
  const { own, lowest } = passBeside(equity, equity, account.capital)
  return { ...curveFigures(own, account), ...tailRisk(lowest, equity) }
}

/** Of a curve and another beside it, whole as they are. */
export function passBeside(
  equity: Float64Array,
  holding: Float64Array,
  capital = equity[0]!,
): CurvePass {
  return passOver(equity, (from, to) => holding.subarray(from, to), capital)
}
