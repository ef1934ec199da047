// folds.csv: one row a fold. Its bytes are hashed: UTF-8, '\n', ISO times, and the shortest decimals that read back to the
// same float64. Of a window the end is the first moment after it.

import type { Json } from '../core/hash.ts'
import { cellText } from './trials-csv.ts'
import type { FoldRow } from './walk-forward-outcome.ts'

/** @param parameters their names, one a value of each row */
export function foldsCsv(parameters: readonly string[], rows: readonly FoldRow[]): string {
  const header = [
    'fold',
    'trainFrom',
    'trainTo',
    'testFrom',
    'testTo',
    'outcome',
    'trial',
    'epochs',
    'bestEpoch',
    'valLoss',
    'inSampleAnnualizedReturnRatio',
    'inSampleSharpeRatio',
    'bars',
    'totalReturnRatio',
    'sharpeRatio',
    'maxDrawdownRatio',
    'trades',
    ...parameters,
    'reason',
  ]
  const lines = rows.map((row): Json[] => [
    row.fold,
    iso(row.trainFromMs),
    iso(row.testFromMs),
    iso(row.testFromMs),
    iso(row.testToMs),
    row.outcome,
    row.trial,
    row.epochs,
    row.bestEpoch,
    row.valLoss,
    row.inSampleAnnualizedReturnRatio,
    row.inSampleSharpeRatio,
    row.bars,
    row.totalReturnRatio,
    row.sharpeRatio,
    row.maxDrawdownRatio,
    row.trades,
    ...(row.values ?? parameters.map(() => null)),
    row.reason,
  ])
  return [header, ...lines, []].map((cells) => cells.map(cellText).join(',')).join('\n')
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
