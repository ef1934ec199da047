// What a running operation shows while it runs, always on stderr: a bar on a terminal, a line now and then in a pipe,
// or one JSON document a line. All three print the same events.

import type { Clock } from '../core/clock.ts'
import type { Listener, RunEvent } from '../core/events.ts'
import type { Cursor } from '../core/operation.ts'
import { createBarPrinter } from './bar-printer.ts'
import { linesOf } from './event-lines.ts'
import { visible } from './format.ts'
import { createPaceMeter } from './pace.ts'
import { phaseText } from './phase-text.ts'
import { progressLine } from './progress-line.ts'

export const PROGRESS_MODES = ['auto', 'plain', 'json', 'none'] as const
export type ProgressMode = (typeof PROGRESS_MODES)[number]

export type PrinterOptions = {
  readonly mode: ProgressMode
  readonly stream: NodeJS.WriteStream
  readonly clock: Clock
  /** Leave out what is only pleasant to know. */
  readonly quiet: boolean
  /** It runs elsewhere: keys that are pressed here do not reach it. */
  readonly isElsewhere?: boolean
}

export type RunPrinter = {
  readonly listener: Listener
  /** Leaves the screen tidy; call it however the run ends. */
  readonly close: () => void
}

export async function createRunPrinter(options: PrinterOptions): Promise<RunPrinter> {
  const { mode, stream } = options
  if (mode === 'json') return jsonPrinter(stream)
  if (mode === 'none') return { listener: () => {}, close: () => {} }
  const isAnimated = mode === 'auto' && stream.isTTY && !options.quiet
  return isAnimated ? createBarPrinter(options) : plainPrinter(options)
}

function jsonPrinter(stream: NodeJS.WriteStream): RunPrinter {
  return {
    listener: ({ kind, ...facts }) =>
      stream.write(`${visible(JSON.stringify({ event: kind, ...facts }))}\n`),
    close: () => {},
  }
}

/** How often a pipe gets a line: when a unit is complete, but not every few milliseconds; and as a sign of life. */
const LINE_EVERY_MS = 1000
const SIGN_OF_LIFE_MS = 30_000
/** A phase is worth a line when what was before it has taken so long. */
const LONG_PHASE_MS = 5000
const PLAIN_COLUMNS = 160
/** Said even to whoever wants to be left in peace. */
const NEWS = new Set<RunEvent['kind']>(['damaged', 'save-failed', 'thread-died', 'stopping'])

function plainPrinter(options: PrinterOptions): RunPrinter {
  const { stream, clock, quiet } = options
  const columns = stream.isTTY ? stream.columns : PLAIN_COLUMNS
  const meter = createPaceMeter()
  let lastSaved: Cursor | null = null
  let lastAtMs = clock.elapsedMs()
  let lastUnit = 0
  return {
    listener: (event) => {
      if (event.kind === 'saved') lastSaved = event.checkpoint.cursor
      if (event.kind === 'started') {
        lastAtMs = clock.elapsedMs()
        lastUnit = event.resumedFrom?.cursor.at ?? 0
      }
      if (event.kind === 'phase') {
        const nowMs = clock.elapsedMs()
        if (quiet || nowMs - lastAtMs < LONG_PHASE_MS) return
        lastAtMs = nowMs
        stream.write(`${phaseText(event.phase)}\n`)
        return
      }
      if (event.kind === 'progress') {
        const nowMs = clock.elapsedMs()
        const pace = meter(event.progress, nowMs)
        const sinceMs = nowMs - lastAtMs
        const { at } = event.progress.cursor
        if (quiet || !(at > lastUnit ? sinceMs >= LINE_EVERY_MS : sinceMs >= SIGN_OF_LIFE_MS))
          return
        lastAtMs = nowMs
        lastUnit = at
        stream.write(
          `${visible(progressLine(event.progress, pace, lastSaved, { columns, unicode: false }))}\n`,
        )
        return
      }
      const isNews = NEWS.has(event.kind)
      if (!quiet || isNews)
        for (const line of linesOf(event, options)) stream.write(`${visible(line)}\n`)
    },
    close: () => {},
  }
}
