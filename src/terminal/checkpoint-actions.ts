// What is said after something was done with a checkpoint.

import { placeText, type Cursor } from '../core/operation.ts'
import { counted } from '../core/text.ts'
import { size, visible } from './format.ts'

type Checkpoint = Cursor & {
  readonly operationId: string
  readonly seq: number
  readonly pinned: boolean
  readonly tag: string | null
  readonly note: string | null
}

export function rolledBackScreen({
  checkpoint,
  leftBehind,
  wasCompleted,
}: {
  readonly checkpoint: Checkpoint
  readonly leftBehind: readonly number[]
  readonly wasCompleted: boolean
}): string {
  const others = leftBehind.map((seq) => `#${seq}`).join(' ')
  return [
    `Rolled back to checkpoint #${checkpoint.seq}, ${placeText(checkpoint)}.`,
    ...(others === '' ? [] : [`Left behind until gc: ${others}.`]),
    ...(wasCompleted ? ['It was COMPLETED and is CANCELLED now; what it published stays.'] : []),
    `To continue:  ktrdr operations resume ${checkpoint.operationId}`,
  ].join('\n')
}

export function markedScreen({ operationId, seq, pinned, tag, note }: Checkpoint): string {
  const words = [
    pinned ? 'pinned' : 'not pinned',
    tag === null ? 'no tag' : `tag ${tag}`,
    ...(note === null ? [] : [`note: ${visible(note)}`]),
  ]
  return `${operationId}@${seq}: ${words.join(', ')}`
}

export function exportedScreen({
  checkpoint,
  path,
  bytes,
}: {
  readonly checkpoint: Checkpoint
  readonly path: string
  readonly bytes: number
}): string {
  const { operationId, seq } = checkpoint
  return `Exported ${operationId}@${seq}, ${placeText(checkpoint)}, to ${visible(path)} (${size(bytes)}).`
}

export function compactedScreen({
  bytesBefore,
  bytesAfter,
  deltas,
  packsRemoved,
}: {
  readonly bytesBefore: number
  readonly bytesAfter: number
  readonly deltas: number
  readonly packsRemoved: number
}): string {
  if (deltas === 0 && packsRemoved === 0) return 'Nothing to compact.'
  return [
    `Compacted: ${size(bytesBefore)} before, ${size(bytesAfter)} after.`,
    `Made whole: ${counted(deltas, 'delta')}. Given up: ${counted(packsRemoved, 'pack')}.`,
  ].join('\n')
}
