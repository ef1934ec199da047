// How good the classes are that a network predicts (spec §6.5). Counts first, everything else from them; the formulas
// are those of scikit-learn's metrics with `zero_division`: null for one class, 0 inside an average.

import { argmax } from '../neural/loss.ts'
import type { Judged } from '../neural/loss.ts'

export type ClassScore = {
  readonly class: string
  /** Of the rows that were predicted as this class, the share that is; null when none was. */
  readonly precision: number | null
  /** Of the rows of this class, the share that was predicted so; null when there is none. */
  readonly recall: number | null
  /** 2·hits / (support + predicted); null when both are 0. */
  readonly f1: number | null
  /** Rows of this class. */
  readonly support: number
  /** Rows that were predicted as this class. */
  readonly predicted: number
}

export type ClassificationScores = {
  /** Mean recall of the classes that occur. */
  readonly balancedAccuracy: number
  /** What always predicting the most frequent class would reach. */
  readonly majorityAccuracy: number
  /** Averages over the classes, weighted by how often each occurs. */
  readonly precision: number
  readonly recall: number
  readonly f1: number
  readonly perClass: readonly ClassScore[]
  /** Rows by actual class, then by predicted class. */
  readonly confusion: readonly (readonly number[])[]
}

/** @param outputs row-major, one logit for each of the `classes` */
export function classificationScores(
  outputs: Float32Array,
  rows: Pick<Judged, 'count' | 'targets'>,
  classes: readonly string[],
): ClassificationScores {
  const confusion = confusionMatrix(outputs, rows, classes.length)
  const perClass = classes.map((name, c) => scoreOf(name, c, confusion))
  const recalls = perClass.flatMap(({ recall }) => recall ?? [])
  const weighted = (score: 'precision' | 'recall' | 'f1'): number =>
    perClass.reduce((sum, of) => sum + (of.support / rows.count) * (of[score] ?? 0), 0)
  return {
    balancedAccuracy: recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length,
    majorityAccuracy: Math.max(...perClass.map(({ support }) => support)) / rows.count,
    precision: weighted('precision'),
    recall: weighted('recall'),
    f1: weighted('f1'),
    perClass,
    confusion,
  }
}

function confusionMatrix(
  outputs: Float32Array,
  { targets, count }: Pick<Judged, 'count' | 'targets'>,
  width: number,
): number[][] {
  const confusion = Array.from({ length: width }, () => Array<number>(width).fill(0))
  for (let m = 0; m < count; m++) confusion[targets[m]!]![argmax(outputs, m * width, width)]! += 1
  return confusion
}

function scoreOf(name: string, c: number, confusion: readonly (readonly number[])[]): ClassScore {
  const hits = confusion[c]![c]!
  const support = confusion[c]!.reduce((sum, rows) => sum + rows, 0)
  const predicted = confusion.reduce((sum, row) => sum + row[c]!, 0)
  const share = (part: number, of: number): number | null => (of > 0 ? part / of : null)
  return {
    class: name,
    precision: share(hits, predicted),
    recall: share(hits, support),
    f1: share(2 * hits, support + predicted),
    support,
    predicted,
  }
}
