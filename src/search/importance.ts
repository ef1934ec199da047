// Which parameters mattered: the share of the variance of the objective that the value of a parameter explains, alone.
//
// The marginal part of functional analysis of variance (Hutter et al. 2014), without a forest: trials are put into bins by
// the value of one parameter, and the correlation ratio of the *ranks* of their losses is corrected for what as many bins
// explain by chance (ε², Kelley 1935). Ranks, because one diverged trial would be all of the variance. It says nothing of
// parameters that act together, and little where a method has tried one region only.

import { bestFirst } from './rank.ts'
import type { Tried } from './sample-tpe.ts'
import { toScale, type Range, type Space } from './space.ts'

/** Bins of numbers, each with as many trials. */
const MOST_BINS = 5
/** Trials of a bin, at least; with less there is nothing to tell. */
const FEWEST_IN_BIN = 3

/** For each parameter 0 … 1; null when there are too few trials. */
export function importanceOf({ parameters }: Space, tried: readonly Tried[]): (number | null)[] {
  const judged = tried.filter(({ loss }) => loss !== null)
  const ranks = ranksOf(judged.map(({ loss }) => loss!))
  return parameters.map(({ range }, i) => {
    const bins = binsOf(
      range,
      judged.map(({ point }) => point[i]!),
    )
    return explained(ranks, bins)
  })
}

/** From 1; equal losses share the mean of their ranks. */
function ranksOf(losses: readonly number[]): number[] {
  const order = bestFirst(losses)
  const ranks = losses.map(() => 0)
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && losses[order[to]!] === losses[order[from]!]) to++
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + 1 + to) / 2
  }
  return ranks
}

/** The bin of each trial: its choice, or a part of the numbers that were tried; equal numbers are in one bin. */
function binsOf(range: Range, coordinates: readonly number[]): number[] {
  if (range.kind === 'choice') return [...coordinates]
  const distinct = [...new Set(coordinates)]
  const scaled = coordinates.map((value) => toScale(range, value))
  const bins = Math.min(MOST_BINS, Math.floor(coordinates.length / FEWEST_IN_BIN))
  if (distinct.length <= bins) return coordinates.map((value) => distinct.indexOf(value))
  const sorted = scaled.toSorted((a, b) => a - b)
  const borders = Array.from(
    { length: bins - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)]!,
  )
  return scaled.map((value) => borders.filter((border) => value >= border).length)
}

function explained(ranks: readonly number[], binOf: readonly number[]): number | null {
  const count = ranks.length
  const bins = Map.groupBy(ranks.keys(), (i) => binOf[i]!)
  if (count < 2 * FEWEST_IN_BIN || count <= bins.size) return null
  const mean = (count + 1) / 2
  const total = ranks.reduce((sum, rank) => sum + (rank - mean) * (rank - mean), 0)
  if (total === 0) return null
  let within = 0
  for (const members of bins.values()) {
    const own = members.reduce((sum, i) => sum + ranks[i]!, 0) / members.length
    for (const i of members) within += (ranks[i]! - own) * (ranks[i]! - own)
  }
  const share = 1 - within / (count - bins.size) / (total / (count - 1))
  return Math.max(0, Math.min(1, share))
}
