// What a run looks like when it has ended.

import { placeText, type Cursor } from '../core/operation.ts'
import { backtestResult, type BacktestResult } from './backtest-result.ts'
import { size, title } from './format.ts'
import { searchResult, type SearchResult } from './search-result.ts'
import { labelled } from './table.ts'
import { tasksResult, type TasksResult } from './tasks.ts'
import { trainingResult, type TrainingResult } from './training-result.ts'
import { walkForwardResult, type WalkForwardResult } from './walk-forward-result.ts'
import { hanging } from './wrap.ts'

/** The figures of a completed run; a kind of work without a screen of its own shows its plain facts. */
export function resultScreen(
  report: { readonly type: string } & Readonly<Record<string, unknown>>,
  room = Infinity,
): string {
  switch (report.type) {
    case 'training':
      return trainingResult(report as unknown as TrainingResult, room)
    case 'backtesting':
      return backtestResult(report as unknown as BacktestResult, room)
    case 'search':
      return searchResult(report as unknown as SearchResult, room)
    case 'tasks':
      return tasksResult(report as unknown as TasksResult, room)
    case 'walkforward':
      return walkForwardResult(report as unknown as WalkForwardResult, room)
    default:
      return labelled(
        Object.entries(report)
          .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
          .map(([key, value]) => [title(key), String(value)] as const),
      )
  }
}

type StoppedRun = {
  readonly operationId: string
  readonly cursor: Cursor
  readonly checkpoint: { readonly sizeBytes: number } | null
  readonly resumable: boolean
}

/** What a run that was stopped leaves, and how to go on. */
export function stoppedScreen(report: StoppedRun, room = Infinity): string {
  const { cursor, checkpoint, operationId, resumable } = report
  const what = checkpoint
    ? `Cancelled at ${placeText(cursor)}. Checkpoint saved (${size(checkpoint.sizeBytes)}).`
    : resumable
      ? `Cancelled without saving. What was saved before is there: ${placeText(cursor)}.`
      : 'Cancelled without saving. There is no checkpoint: it cannot be resumed.'
  const lines = [hanging('', what, room)]
  if (resumable) lines.push(`To continue:  ktrdr operations resume ${operationId}`)
  return lines.join('\n')
}
