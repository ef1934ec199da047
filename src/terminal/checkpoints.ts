// Screens of checkpoints. Fixed strings: document 000, tasks 8.5 and 8.6.

import { cursorText, placeText, type Cursor } from '../core/operation.ts'
import { counted } from '../core/text.ts'
import {
  ago,
  figure,
  idText,
  isNarrow,
  longAge,
  shortAge,
  size,
  title,
  utc,
  visible,
} from './format.ts'
import { labelled, table } from './table.ts'
import { isQueueSummary, queueScreen } from './tasks.ts'
import { hanging } from './wrap.ts'

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
  readonly pinned: boolean
  readonly tag: string | null
  readonly superseded: boolean
}

type CheckpointPage = CheckpointLine & {
  readonly operationType: string
  readonly operationStatus: string
  readonly resumable: boolean
  readonly note: string | null
  readonly state: unknown
  readonly rawBytes: number
  readonly artifacts: readonly {
    readonly name: string
    readonly sizeBytes: number
    readonly storedBytes: number
    readonly codecs: readonly string[]
    readonly places: readonly string[]
    readonly damage: string | null
  }[]
}

/** Characters of "epoch 98 +26/56 batches", which stands beside the id. */
const WIDTH_OF_PLACE = 24

export function checkpointsScreen(checkpoints: readonly CheckpointLine[], room = Infinity): string {
  if (checkpoints.length === 0) return 'No checkpoints.'
  const areMarked = checkpoints.some((checkpoint) => marksText(checkpoint) !== '')
  const rows = checkpoints.map((checkpoint) => [
    `${idText(checkpoint.operationId, room - WIDTH_OF_PLACE)}@${checkpoint.seq}`,
    checkpoint.type,
    cursorText(isNarrow(room) ? { ...checkpoint, within: null } : checkpoint),
    size(checkpoint.sizeBytes),
    shortAge(checkpoint.ageMs),
    stateText(checkpoint),
    ...(areMarked ? [marksText(checkpoint)] : []),
  ])
  const columns = [
    { head: 'CHECKPOINT' },
    { head: 'TYPE', gone: 1 },
    { head: 'AT' },
    { head: 'SIZE', align: 'right', gone: 3 },
    { head: 'AGE', align: 'right', gone: 2 },
    { head: 'STATE' },
    ...(areMarked ? [{ head: 'TAG', gone: 4 }] : []),
  ] as const
  return `${table(columns, rows, room)}\n\nTotal: ${counted(checkpoints.length, 'checkpoint')}, ${size(totalBytes(checkpoints))}`
}

/** As far as is known: a list reads no files. */
function stateText({ damage, superseded }: CheckpointLine): string {
  if (damage !== null) return 'DAMAGED'
  return superseded ? 'left behind' : 'ok'
}

function marksText({ tag, pinned }: CheckpointLine): string {
  return [tag ?? '', pinned ? '(pinned)' : ''].filter(Boolean).join(' ')
}

export function checkpointScreen(checkpoint: CheckpointPage, room = Infinity): string {
  const { unit, at, of, within, state } = checkpoint
  const position: [string, string][] = [[`${title(unit)}:`, `${at} / ${of}`]]
  if (within) position.push([`${title(within.unit)}:`, `${within.at} / ${within.of}`])
  const nowMs = Date.parse(checkpoint.createdAt) + checkpoint.ageMs
  const tasks = isQueueSummary(state) ? queueScreen(state, nowMs, room) : ''
  const figures = Object.entries(tasks === '' ? (state as Record<string, unknown>) : {}).map(
    ([key, value]) =>
      [
        `${title(key)}:`,
        typeof value === 'number' ? figure(value) : String(value ?? '--'),
      ] as const,
  )
  const marks = marksText(checkpoint)
  const heading = 'Checkpoint Details'
  const sections = [
    `${heading}\n${'='.repeat(heading.length)}\n${labelled([
      ['Operation ID:', checkpoint.operationId],
      ['Version:', `#${checkpoint.seq}`],
      ['Checkpoint Type:', checkpoint.type],
      ['Created At:', utc(checkpoint.createdAt)],
      ['Age:', longAge(checkpoint.ageMs)],
      ['Integrity:', checkpoint.damage ?? 'verified'],
      ...(checkpoint.superseded ? [['Left Behind:', 'by a rollback'] as const] : []),
      ...(marks === '' ? [] : [['Tag:', marks] as const]),
      ...(checkpoint.note === null ? [] : [['Note:', checkpoint.note] as const]),
    ])}`,
    `${title(checkpoint.operationType)} State:\n${labelled([...position, ...figures], { indent: '  ' })}`,
    tasks,
    `Artifacts:\n${artifactTable(checkpoint)}`,
    `Total Size: ${size(checkpoint.rawBytes)}; its save has added ${size(checkpoint.sizeBytes)} to the disk`,
    checkpoint.resumable ? `To resume: ktrdr operations resume ${checkpoint.operationId}` : '',
  ]
  return sections.filter(Boolean).join('\n\n')
}

/** Bytes as they are and as they are stored; what several checkpoints share is stored once. */
function artifactTable({ artifacts }: CheckpointPage): string {
  const rows = artifacts.map(({ name, sizeBytes, storedBytes, codecs, places, damage }) => [
    name,
    size(sizeBytes),
    size(storedBytes),
    codecs.join(' '),
    places.map((place) => place.split('/').at(-1)).join(' '),
    damage === null ? 'ok' : 'DAMAGED',
  ])
  const columns = [
    { head: 'NAME' },
    { head: 'SIZE', align: 'right' },
    { head: 'STORED', align: 'right' },
    { head: 'CODEC' },
    { head: 'PLACE' },
    { head: 'INTEGRITY' },
  ] as const
  return table(columns, rows).replace(/^/gm, '  ')
}

/** @param inUse operations whose checkpoints stay because they are running */
export function deletedScreen({
  deleted,
  bytesFreed,
  inUse,
}: {
  readonly deleted: readonly CheckpointLine[]
  readonly bytesFreed: number
  readonly inUse: readonly string[]
}): string {
  const count = new Set(deleted.map(({ operationId }) => operationId)).size
  const what = count > 1 ? `Checkpoints of ${counted(count, 'operation')}` : 'Checkpoint'
  return [
    count === 0 ? 'No checkpoints.' : `${what} deleted. Freed ${size(bytesFreed)}.`,
    ...inUse.map((id) => `! ${id} is running: its checkpoints stay.`),
  ].join('\n')
}

/** What `checkpoints delete --all` asks. */
export function deleteAllQuestion(checkpoints: readonly CheckpointLine[], room = Infinity): string {
  const operations = new Set(checkpoints.map(({ operationId }) => operationId)).size
  const what = `all ${counted(checkpoints.length, 'checkpoint')} of ${counted(operations, 'operation')}`
  const lines = [
    `Are you sure you want to delete ${what}, ${size(totalBytes(checkpoints))}?`,
    'Operations that have not ended well will not be resumable after deletion.',
  ]
  return lines.map((line) => hanging('', line, room)).join('\n')
}

function totalBytes(checkpoints: readonly CheckpointLine[]): number {
  return checkpoints.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

/** What `checkpoints delete` asks. */
export function deleteQuestion(
  checkpoint: CheckpointPage,
  versions: number,
  only: boolean,
  room = Infinity,
): string {
  const { operationId, operationStatus, resumable, sizeBytes, ageMs } = checkpoint
  const what = only
    ? `checkpoint #${checkpoint.seq} of ${operationId}`
    : `checkpoint for ${operationId}`
  const lines = [
    `Are you sure you want to delete ${what}?`,
    `  ${placeText(checkpoint)}, ${size(sizeBytes)}, saved ${ago(ageMs)}${!only && versions > 1 ? `, and ${counted(versions - 1, 'older version')}` : ''}`,
  ]
  if (resumable && (!only || versions === 1))
    lines.push(
      `This operation is ${operationStatus.toUpperCase()} and will not be resumable after deletion.`,
    )
  return lines.map((line) => hanging('', visible(line), room)).join('\n')
}
