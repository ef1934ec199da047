// What a run says of an event, in sentences; the same in a pipe as beside a bar.

import type { RunEvent } from '../core/events.ts'
import { cursorText } from '../core/operation.ts'
import { counted } from '../core/text.ts'
import { ago, size, visible } from './format.ts'
import { headlineScreen } from './plan.ts'
import type { PrinterOptions } from './run-printer.ts'

/** Sentences of an event, or nothing. */
export function linesOf(
  event: RunEvent,
  { stream, clock, isElsewhere = false }: Pick<PrinterOptions, 'stream' | 'clock' | 'isElsewhere'>,
): string[] {
  switch (event.kind) {
    case 'loaded':
      return [headlineScreen(event, stream.isTTY ? stream.columns : Infinity)]
    case 'started': {
      const lines = [`Operation  ${event.operationId}`]
      if (event.resumedFrom) {
        const { cursor, seq, type, createdAtMs } = event.resumedFrom
        const saved = `saved ${ago(clock.nowMs() - createdAtMs)}`
        lines.push(`Resumed    from ${cursorText(cursor)} (checkpoint #${seq}, ${type}, ${saved})`)
      }
      return lines
    }
    case 'damaged':
      return [
        `! Checkpoint #${event.seq} cannot be used, an older one is: ${visible(event.reason)}`,
      ]
    case 'save-failed':
      return [
        `! ${visible(event.error.message).replace(/[^.]$/, '$&.')} The run goes on; earlier checkpoints are good.`,
      ]
    case 'cleaned': {
      const { checkpointsDeleted, orphanArtifactsCleaned, bytesFreed } = event
      if (checkpointsDeleted + orphanArtifactsCleaned === 0) return []
      const what = [
        counted(checkpointsDeleted, 'old checkpoint'),
        counted(orphanArtifactsCleaned, 'orphan artifact'),
      ]
      return [`Cleaned up ${what.join(', ')}: freed ${size(bytesFreed)}`]
    }
    case 'thread-died':
      return [`! ${visible(event.error.message)}`]
    case 'task':
      return [`! task ${event.index}: ${visible(event.text)}`]
    case 'stopping': {
      if (!event.isSaving) return ['Stopping. Nothing is saved.']
      if (isElsewhere) return ['It is stopping, and saving.']
      const back = event.lastSaved ? `to ${cursorText(event.lastSaved)}` : 'to the beginning'
      return [`Stopping and saving. Press Ctrl-C again to quit now (you would go back ${back}).`]
    }
    default:
      return []
  }
}
