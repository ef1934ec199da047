// Screens of checkpoints. Fixed strings: document 000, tasks 8.5 and 8.6.

import { cursorText, type Cursor } from '../core/operation.ts'
import { counted } from '../core/text.ts'
import { figure, longAge, shortAge, size, title, utc, visible } from './format.ts'
import { labelled, table } from './table.ts'

type CheckpointLine = {
  readonly operationId: string
  readonly seq: number
  readonly type: string
  readonly unit: string
  readonly at: number
  readonly of: number
  readonly within: Cursor['within']
  readonly createdAt: string
  readonly ageMs: number
  readonly sizeBytes: number
  readonly damage: string | null
}

type CheckpointPage = CheckpointLine & {
  readonly operationType: string
  readonly operationStatus: string
  readonly resumable: boolean
  readonly state: unknown
  readonly artifacts: readonly { readonly name: string; readonly sizeBytes: number }[]
  readonly path: string
}

export function checkpointsScreen(checkpoints: readonly CheckpointLine[]): string {
  if (checkpoints.length === 0) return 'No checkpoints.'
  const bytes = checkpoints.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const rows = checkpoints.map((checkpoint) => [
    `${checkpoint.operationId}@${checkpoint.seq}`,
    checkpoint.type,
    cursorText(checkpoint),
    size(checkpoint.sizeBytes),
    shortAge(checkpoint.ageMs),
    checkpoint.damage === null ? 'ok' : 'DAMAGED',
  ])
  const columns = [
    { head: 'CHECKPOINT' },
    { head: 'TYPE' },
    { head: 'AT' },
    { head: 'SIZE', align: 'right' },
    { head: 'AGE', align: 'right' },
    { head: 'STATE' },
  ] as const
  return `${table(columns, rows)}\n\nTotal: ${counted(checkpoints.length, 'checkpoint')}, ${size(bytes)}`
}

export function checkpointScreen(checkpoint: CheckpointPage): string {
  const { unit, at, of, within, state } = checkpoint
  const position: [string, string][] = [[`${title(unit)}:`, `${at} / ${of}`]]
  if (within) position.push([`${title(within.unit)}:`, `${within.at} / ${within.of}`])
  const figures = Object.entries(state as Record<string, unknown>).map(
    ([key, value]) =>
      [
        `${title(key)}:`,
        typeof value === 'number' ? figure(value) : String(value ?? '--'),
      ] as const,
  )
  const heading = 'Checkpoint Details'
  const sections = [
    `${heading}\n${'='.repeat(heading.length)}\n${labelled([
      ['Operation ID:', checkpoint.operationId],
      ['Version:', `#${checkpoint.seq}`],
      ['Checkpoint Type:', checkpoint.type],
      ['Created At:', utc(checkpoint.createdAt)],
      ['Age:', longAge(checkpoint.ageMs)],
      ['Integrity:', checkpoint.damage ?? 'verified'],
    ])}`,
    `${title(checkpoint.operationType)} State:\n${labelled([...position, ...figures], '  ')}`,
    `Artifacts:\n${labelled(
      checkpoint.artifacts.map(({ name, sizeBytes }) => [name, size(sizeBytes)] as const),
      '  ',
    )}`,
    `Total Size: ${size(checkpoint.sizeBytes)}`,
    checkpoint.resumable ? `To resume: ktrdr operations resume ${checkpoint.operationId}` : '',
  ]
  return sections.filter(Boolean).join('\n\n')
}

/** What `checkpoints delete` asks. */
export function deleteQuestion(
  checkpoint: CheckpointPage,
  versions: number,
  only: boolean,
): string {
  const { operationId, operationStatus, resumable, sizeBytes, ageMs } = checkpoint
  const what = only
    ? `checkpoint #${checkpoint.seq} of ${operationId}`
    : `checkpoint for ${operationId}`
  const lines = [
    `Are you sure you want to delete ${what}?`,
    `  ${cursorText(checkpoint)} of ${checkpoint.of}, ${size(sizeBytes)}, saved ${longAge(ageMs)}${ageMs < 1000 ? '' : ' ago'}${!only && versions > 1 ? `, and ${counted(versions - 1, 'older version')}` : ''}`,
  ]
  if (resumable && (!only || versions === 1))
    lines.push(
      `This operation is ${operationStatus.toUpperCase()} and will not be resumable after deletion.`,
    )
  return visible(lines.join('\n'))
}
