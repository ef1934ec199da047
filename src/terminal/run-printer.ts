// What a running operation shows while it runs, always on stderr: a bar on a terminal, a line now and then in a pipe,
// or one JSON document a line. All three print the same events.

import type { Clock } from '../core/clock.ts'
import type { Listener, RunEvent } from '../core/events.ts'
import type { Cursor } from '../core/operation.ts'
import { createBarPrinter } from './bar-printer.ts'
import { drawable } from './drawable.ts'
import { linesOf } from './event-lines.ts'
import { visible } from './format.ts'
import { createPaceMeter } from './pace.ts'
import { stageText } from './stage-text.ts'
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
/** A stage is worth a line when what was before it has taken so long. */
const LONG_PHASE_MS = 10_000
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
  /** Where it stands. */
  let text = ''
  const write = (line: string): void => void stream.write(`${drawable(visible(line), stream)}\n`)
  const sinceMs = (): number => clock.elapsedMs() - lastAtMs
  const tellWhere = (): void => {
    if (quiet || text === '') return
    lastAtMs = clock.elapsedMs()
    write(text)
  }
  // A step, or what comes before the first one, may take longer than that.
  const ticking = setInterval(() => sinceMs() >= SIGN_OF_LIFE_MS && tellWhere(), LINE_EVERY_MS)
  ticking.unref()
  return {
    listener: (event) => {
      switch (event.kind) {
        case 'stage':
          text = stageText(event.stage)
          if (sinceMs() >= LONG_PHASE_MS) tellWhere()
          return
        case 'progress': {
          const { cursor } = event.progress
          const pace = meter(event.progress, clock.elapsedMs())
          text = progressLine(event.progress, pace, lastSaved, { columns, unicode: false })
          if (sinceMs() < (cursor.at > lastUnit ? LINE_EVERY_MS : SIGN_OF_LIFE_MS)) return
          lastUnit = cursor.at
          return tellWhere()
        }
        case 'saved':
          lastSaved = event.checkpoint.cursor
          break
        case 'started':
          lastAtMs = clock.elapsedMs()
          lastUnit = event.resumedFrom?.cursor.at ?? 0
      }
      if (!quiet || NEWS.has(event.kind)) for (const line of linesOf(event, options)) write(line)
    },
    close: () => clearInterval(ticking),
  }
}
