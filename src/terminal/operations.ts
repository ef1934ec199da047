// Screens of operations. Fixed strings and columns: document 000, tasks 8.4 and 8.5.

import { placeText, type Cursor } from '../core/operation.ts'
import { counted } from '../core/text.ts'
import { ago, donePercent, figure, idText, percent, shortAge, size, title, utc } from './format.ts'
import { resultScreen } from './results.ts'
import { labelled, table } from './table.ts'
import { isQueueSummary, queueScreen } from './tasks.ts'
import { hanging } from './wrap.ts'

export type OperationLine = {
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
      readonly adaptive?: { readonly budgetRatio: number } | null
    }
    readonly retention: { readonly keepLast: number; readonly keepBest: number }
    readonly overhead: {
      readonly saves: number
      readonly blockedMs: number
      readonly ratio: number | null
    } | null
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
  readonly checkpoints: readonly {
    readonly seq: number
    readonly damage: string | null
    readonly superseded: boolean
    readonly createdAt: string
    readonly ageMs: number
  }[]
  readonly state: unknown
  readonly result: unknown
  readonly log: string
  readonly retriedFrom: string | null
  readonly retriedBy: readonly string[]
}

export function operationsScreen(operations: readonly OperationLine[], room = Infinity): string {
  const resumable = operations.filter((operation) => operation.resumable).length
  const bytes = operations.reduce((sum, { checkpointBytes }) => sum + checkpointBytes, 0)
  const stored = bytes > 0 ? `, ${size(bytes)} in checkpoints` : ''
  const total = `Total: ${counted(operations.length, 'operation')} (${resumable} resumable)${stored}`
  if (operations.length === 0)
    return `No operations.\n\nStart one:  ktrdr train STRATEGY --data FILE    or see it work:  ktrdr demo`
  const rows = operations.map((operation) => [
    idText(operation.operationId, room),
    operation.status.toUpperCase(),
    donePercent(operation.progress),
    operation.checkpoint ? `${operation.checkpoint.unit} ${operation.checkpoint.at}` : '-',
    shortAge(operation.ageMs),
  ])
  const columns = [
    { head: 'OPERATION_ID' },
    { head: 'STATUS' },
    { head: 'PROGRESS', align: 'right', gone: 3 },
    { head: 'CHECKPOINT', gone: 1 },
    { head: 'AGE', align: 'right', gone: 2 },
  ] as const
  return `${table(columns, rows, room)}\n\n${hanging('', total, room)}`
}

const INDENT = '  '

const ATTEMPT_COLUMNS = [
  { head: '' },
  { head: 'STARTED', gone: 2 },
  { head: 'OUTCOME' },
  { head: 'REASON', wraps: true },
  { head: '', gone: 1 },
] as const

export function operationScreen(operation: OperationPage, room = Infinity): string {
  const { cursor, saving } = operation
  const facts: [string, string][] = [
    ['Operation ID:', operation.operationId],
    ['Type:', operation.type],
    ['Name:', operation.name],
    ['Status:', operation.status.toUpperCase()],
    ['Progress:', `${donePercent(operation.progress)}  ${placeText(cursor)}`],
    ['Created At:', `${utc(operation.createdAt)}  (${ago(operation.ageMs)})`],
    ['Saves:', savesText(saving)],
    ...overheadFact(saving),
    [
      'Checkpoints:',
      operation.checkpoints.length === 0
        ? 'none'
        : `${checkpointsText(operation.checkpoints)}  ${size(operation.checkpointBytes)}`,
    ],
    ...retryFacts(operation),
    ['Log:', operation.log],
  ]
  if (operation.error) facts.push(['Error:', operation.error.message])
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
    labelled(facts, { room }),
    figuresText(operation, room),
    tasksText(operation, room),
    `Attempts:\n${indent(table(ATTEMPT_COLUMNS, attempts, room - INDENT.length))}`,
    operation.resumable ? `To resume: ktrdr operations resume ${operation.operationId}` : '',
  ]
  return sections.filter(Boolean).join('\n\n')
}

/** What a completed run came to, else its last figures. */
function figuresText(operation: OperationPage, room: number): string {
  const { operationId, type, name, status, metrics, result } = operation
  if (status === 'completed' && result !== null && isWhole(result as object))
    return resultScreen({ operationId, type, name, ...(result as object) }, room)
  const figures = Object.entries(metrics).map(
    ([key, value]) => [`${title(key)}:`, figure(value)] as const,
  )
  return figures.length > 0 ? `Figures:\n${labelled(figures, { indent: INDENT })}` : ''
}

/** One that a rebuilt database lists has lost its figures. */
function isWhole(result: object): boolean {
  return Object.hasOwn(result, 'metrics') || Object.hasOwn(result, 'tasks')
}

/** Of a queue that is not over: its tasks as the newest checkpoint has them. */
function tasksText({ status, state, checkpoints }: OperationPage, room: number): string {
  const newest = checkpoints.find(({ damage, superseded }) => damage === null && !superseded)
  if (status === 'completed' || !isQueueSummary(state) || !newest) return ''
  const nowMs = Date.parse(newest.createdAt) + newest.ageMs
  return queueScreen(state, nowMs, room)
}

/** "#5 #4, left behind #3, damaged #2" */
function checkpointsText(checkpoints: OperationPage['checkpoints']): string {
  const groups = Map.groupBy(checkpoints, ({ damage, superseded }) => {
    if (damage !== null) return 'damaged'
    return superseded ? 'left behind' : ''
  })
  return (['', 'left behind', 'damaged'] as const)
    .flatMap((word) => {
      const numbers = groups.get(word)?.map(({ seq }) => `#${seq}`)
      return numbers ? [[word, ...numbers].filter(Boolean).join(' ')] : []
    })
    .join(', ')
}

function savesText({ policy, retention }: OperationPage['saving']): string {
  const { every, intervalMs, adaptive } = policy
  const triggers = [
    ...Object.entries(every).map(([unit, count]) =>
      unit === 'best' ? 'every new best' : `every ${counted(count, unit)}`,
    ),
    ...(intervalMs === null ? [] : [`every ${intervalMs / 1000} s${adaptive ? ' or sooner' : ''}`]),
  ]
  if (triggers.length === 0) return 'never'
  const budget = adaptive ? `, for at most ${share(adaptive.budgetRatio)} of the time` : ''
  return `${triggers.join(', ')}${budget}; keeps the last ${retention.keepLast} and the best ${retention.keepBest}`
}

function retryFacts({ retriedFrom, retriedBy }: OperationPage): [string, string][] {
  return [
    ...(retriedFrom === null ? [] : [['Retry Of:', retriedFrom] satisfies [string, string]]),
    ...(retriedBy.length === 0
      ? []
      : [['Retried By:', retriedBy.join(', ')] satisfies [string, string]]),
  ]
}

/** Nothing before the first save: it is measured then, and at the end. */
function overheadFact({ overhead }: OperationPage['saving']): [string, string][] {
  if (overhead === null || overhead.ratio === null) return []
  const { saves, blockedMs, ratio } = overhead
  const ms = figure(Number(blockedMs.toFixed(blockedMs < 10 ? 1 : 0)))
  const spent = `(${counted(saves, 'save')}, ${ms} ms)`
  return [['Overhead:', `${percent(ratio, 2)} of the running time  ${spent}`]]
}

/** 0.005 → "0.5%" */
function share(ratio: number): string {
  return `${figure(100 * ratio)}%`
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `${INDENT}${line}`.trimEnd())
    .join('\n')
}

/** What any command says first of an operation whose owner it has found dead. */
export function deathNotice({ operationId, resumable }: OperationLine): string {
  return resumable
    ? `${operationId} has died since. To go on:  ktrdr operations resume ${operationId}`
    : `${operationId} has died since, and has no checkpoint.`
}
