// Screens of operations. Fixed strings and columns: document 000, tasks 8.4 and 8.5.

import { cursorText, type Cursor } from '../core/operation.ts'
import { counted } from '../core/text.ts'
import { figure, longAge, percent, shortAge, size, title, utc } from './format.ts'
import { labelled, table } from './table.ts'

type OperationLine = {
  readonly operationId: string
  readonly type: string
  readonly name: string
  readonly status: string
  readonly progress: number
  readonly cursor: Cursor
  readonly metrics: Readonly<Record<string, number | null>>
  readonly checkpoint: { readonly unit: string; readonly at: number } | null
  readonly checkpointBytes: number
  readonly resumable: boolean
  readonly createdAt: string
  readonly endedAt: string | null
  readonly ageMs: number
  readonly error: { readonly code: string; readonly message: string } | null
}

type OperationPage = OperationLine & {
  readonly saving: {
    readonly policy: {
      readonly every: Readonly<Record<string, number>>
      readonly intervalMs: number | null
    }
    readonly retention: { readonly keepLast: number; readonly keepBest: number }
  }
  readonly fingerprints: Readonly<Record<string, string>>
  readonly attempts: readonly {
    readonly number: number
    readonly startedAt: string
    readonly endedAt: string | null
    readonly outcome: string | null
    readonly reason: string | null
    readonly program: string
    readonly resumedFrom: unknown
  }[]
  readonly checkpoints: readonly { readonly seq: number }[]
  readonly log: string
}

export function operationsScreen(operations: readonly OperationLine[]): string {
  const resumable = operations.filter((operation) => operation.resumable).length
  const bytes = operations.reduce((sum, { checkpointBytes }) => sum + checkpointBytes, 0)
  const stored = bytes > 0 ? `, ${size(bytes)} in checkpoints` : ''
  const total = `Total: ${counted(operations.length, 'operation')} (${resumable} resumable)${stored}`
  if (operations.length === 0)
    return `No operations.\n\nStart one:  ktrdr train STRATEGY --data FILE    or see it work:  ktrdr demo`
  const rows = operations.map((operation) => [
    operation.operationId,
    operation.status.toUpperCase(),
    percent(operation.progress, 0),
    operation.checkpoint ? `${operation.checkpoint.unit} ${operation.checkpoint.at}` : '-',
    shortAge(operation.ageMs),
  ])
  const columns = [
    { head: 'OPERATION_ID' },
    { head: 'STATUS' },
    { head: 'PROGRESS', align: 'right' },
    { head: 'CHECKPOINT' },
    { head: 'AGE', align: 'right' },
  ] as const
  return `${table(columns, rows)}\n\n${total}`
}

export function operationScreen(operation: OperationPage): string {
  const { cursor, saving } = operation
  const facts: [string, string][] = [
    ['Operation ID:', operation.operationId],
    ['Type:', operation.type],
    ['Name:', operation.name],
    ['Status:', operation.status.toUpperCase()],
    ['Progress:', `${percent(operation.progress, 0)}  ${cursorText(cursor)} of ${cursor.of}`],
    ['Created At:', `${utc(operation.createdAt)}  (${longAge(operation.ageMs)})`],
    ['Saves:', savesText(saving)],
    [
      'Checkpoints:',
      operation.checkpoints.length === 0
        ? 'none'
        : `${operation.checkpoints.map(({ seq }) => `#${seq}`).join(' ')}  ${size(operation.checkpointBytes)}`,
    ],
    ['Log:', operation.log],
  ]
  if (operation.error) facts.push(['Error:', operation.error.message])
  const metrics = Object.entries(operation.metrics).map(
    ([key, value]) => [`${title(key)}:`, figure(value)] as const,
  )
  const attempts = operation.attempts.map((attempt) => [
    `#${attempt.number}`,
    utc(attempt.startedAt),
    attempt.outcome ?? 'running',
    attempt.reason ?? '',
    attempt.resumedFrom
      ? `from checkpoint #${String((attempt.resumedFrom as { seq: number }).seq)}`
      : '',
  ])
  const sections = [
    labelled(facts),
    metrics.length > 0 ? `Figures:\n${labelled(metrics, '  ')}` : '',
    `Attempts:\n${indent(table([{ head: '' }, { head: 'STARTED' }, { head: 'OUTCOME' }, { head: 'REASON' }, { head: '' }], attempts))}`,
    operation.resumable ? `To resume: ktrdr operations resume ${operation.operationId}` : '',
  ]
  return sections.filter(Boolean).join('\n\n')
}

function savesText({ policy, retention }: OperationPage['saving']): string {
  const triggers = [
    ...Object.entries(policy.every).map(([unit, every]) => `every ${counted(every, unit)}`),
    ...(policy.intervalMs === null ? [] : [`every ${policy.intervalMs / 1000} s`]),
  ]
  if (triggers.length === 0) return 'never'
  return `${triggers.join(', ')}; keeps the last ${retention.keepLast} and the best ${retention.keepBest}`
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
}

/** What `operations cancel` answers: the operation may have ended in another way meanwhile. */
export function cancelledScreen(operation: OperationLine): string {
  const { operationId, status, cursor, resumable } = operation
  const what = status === 'cancelled' ? 'Cancelled' : `It had already ended: ${status}`
  const lines = [`${what} at ${cursorText(cursor)} of ${cursor.of}.`]
  if (resumable) lines.push(`To continue:  ktrdr operations resume ${operationId}`)
  return lines.join('\n')
}
