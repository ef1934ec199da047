// How the returns of two curves spread and move together, over the same bars. Of a run of bars the powers are summed
// about its means; those of runs that follow each other are joined (Chan, Golub & LeVeque 1979; powers 3 and 4: Pébay
// 2008). The order is fixed, so that a figure has one bit pattern.

import type { ReturnSums } from './bar-returns.ts'

export type ReturnMoments = ReturnSums & {
  /** Sums of the second to fourth powers of the deviations from the mean. */
  readonly squares: number
  readonly cubes: number
  readonly fourths: number
}

/** Of a strategy and of holding; where one of them is lost, what is of both means nothing either. */
export type JointMoments = {
  readonly own: ReturnMoments
  readonly holding: ReturnMoments
  /** Sum of the products of the deviations from either mean. */
  readonly products: number
  /** Sum of the squared deviations of own − holding from its mean. */
  readonly differenceSquares: number
}

/** Of returns that have these sums, as many of either. */
export function momentsOf(
  own: ReturnSums,
  ownReturns: Float64Array,
  holding: ReturnSums,
  holdingReturns: Float64Array,
): JointMoments {
  const { count, mean } = own
  const meanOfHolding = holding.mean
  const meanDifference = mean - meanOfHolding
  let products = 0
  let differenceSquares = 0
  for (let i = 0; i < count; i++) {
    const value = ownReturns[i]!
    const ofHolding = holdingReturns[i]!
    const difference = value - ofHolding - meanDifference
    products += (value - mean) * (ofHolding - meanOfHolding)
    differenceSquares += difference * difference
  }
  return {
    own: spreadOf(own, ownReturns),
    holding: spreadOf(holding, holdingReturns),
    products,
    differenceSquares,
  }
}

function spreadOf(sums: ReturnSums, returns: Float64Array): ReturnMoments {
  const { count, mean } = sums
  let squares = 0
  let cubes = 0
  let fourths = 0
  for (let i = 0; i < count; i++) {
    const deviation = returns[i]! - mean
    const square = deviation * deviation
    squares += square
    cubes += square * deviation
    fourths += square * square
  }
  return { ...sums, squares, cubes, fourths }
}

/** Of the returns of `a` and those of `b` after them. */
export function joinMoments(a: JointMoments, b: JointMoments): JointMoments {
  const shift = b.own.mean - a.own.mean
  const shiftOfHolding = b.holding.mean - a.holding.mean
  const difference = shift - shiftOfHolding
  const weight = (a.own.count * b.own.count) / (a.own.count + b.own.count)
  return {
    own: joinOfOne(a.own, b.own),
    holding: joinOfOne(a.holding, b.holding),
    products: a.products + b.products + shift * shiftOfHolding * weight,
    differenceSquares: a.differenceSquares + b.differenceSquares + difference * difference * weight,
  }
}

function joinOfOne(a: ReturnMoments, b: ReturnMoments): ReturnMoments {
  const count = a.count + b.count
  const shareA = a.count / count
  const shareB = b.count / count
  const shift = b.mean - a.mean
  const between = shift * shift * a.count * shareB
  return {
    count,
    mean: a.mean + shift * shareB,
    gains: a.gains + b.gains,
    losses: a.losses + b.losses,
    downsideSquares: a.downsideSquares + b.downsideSquares,
    points: a.points + b.points,
    isLost: a.isLost || b.isLost,
    squares: a.squares + b.squares + between,
    cubes:
      a.cubes +
      b.cubes +
      between * shift * (shareA - shareB) +
      3 * shift * (shareA * b.squares - shareB * a.squares),
    fourths:
      a.fourths +
      b.fourths +
      between * shift * shift * (shareA * shareA - shareA * shareB + shareB * shareB) +
      6 * shift * shift * (shareA * shareA * b.squares + shareB * shareB * a.squares) +
      4 * shift * (shareA * b.cubes - shareB * a.cubes),
  }
}
