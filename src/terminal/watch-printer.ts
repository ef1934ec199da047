// What `operations watch` shows: of one run what its own terminal would show; of several a bar each, or lines that say
// whose they are; and one JSON document a line for programs.

import type { MultiBar, SingleBar } from 'cli-progress'
import type { Clock } from '../core/clock.ts'
import type { RunEvent } from '../core/events.ts'
import type { Cursor, Progress } from '../core/operation.ts'
import { visible } from './format.ts'
import { createLossCurve } from './loss-curve.ts'
import { createPaceMeter } from './pace.ts'
import { stageText } from './stage-text.ts'
import { progressLine } from './progress-line.ts'
import { isUnicodeLocale } from './is-unicode-locale.ts'
import { createRunPrinter, type RunPrinter } from './run-printer.ts'

export type Watched = {
  readonly operationId: string
  readonly event: RunEvent
  /** When the run told it. */
  readonly atMs: number
  /** Told before anybody watched. */
  readonly isPast: boolean
}

export type WatchPrinter = {
  readonly listener: (told: Watched) => void
  readonly close: () => void
}

export type WatchPrinterOptions = {
  readonly operationIds: readonly string[]
  readonly json: boolean
  readonly quiet: boolean
  readonly clock: Clock
}

/** Bars and lines go to stderr, documents to stdout. */
export async function createWatchPrinter(options: WatchPrinterOptions): Promise<WatchPrinter> {
  const { operationIds, json, quiet } = options
  if (json) return withoutHistory(documents())
  const isAnimated = process.stderr.isTTY && !quiet
  if (operationIds.length === 1) {
    const printer = await likeItsOwn(process.stderr, options)
    return isAnimated ? printer : withoutHistory(printer)
  }
  return isAnimated ? bars(options) : withoutHistory(await lines(options))
}

/** Of what a run has told before, where it stands counts; the way there would be thousands of lines. */
function withoutHistory({ listener, close }: WatchPrinter): WatchPrinter {
  const held = new Map<string, Watched>()
  const release = (key: string): void => {
    const told = held.get(key)
    held.delete(key)
    if (told) listener(told)
  }
  return {
    listener: (told) => {
      const { operationId, event, isPast } = told
      if (isPast && isSuperseded(event)) {
        held.set(`${operationId} ${event.kind}`, told)
        return
      }
      if (!isPast) {
        release(`${operationId} saved`)
        release(`${operationId} progress`)
        if (event.kind !== 'ended') release(`${operationId} stage`)
      }
      listener(told)
    },
    close,
  }
}

function isSuperseded({ kind }: RunEvent): boolean {
  return kind === 'progress' || kind === 'saved' || kind === 'stage'
}

function documents(): WatchPrinter {
  return {
    listener: ({ operationId, event, atMs }) => {
      const { kind, ...facts } = event
      const at = new Date(atMs).toISOString()
      process.stdout.write(
        `${visible(JSON.stringify({ event: kind, operationId, at, ...facts }))}\n`,
      )
    },
    close: () => {},
  }
}

/** Time is that of the run, or a past that is read at once would look like a fast run. */
async function likeItsOwn(
  stream: NodeJS.WriteStream,
  { clock, quiet }: WatchPrinterOptions,
): Promise<WatchPrinter> {
  let atMs = 0
  const itsClock: Clock = { nowMs: clock.nowMs, elapsedMs: () => atMs }
  const printer: RunPrinter = await createRunPrinter({
    mode: 'auto',
    stream,
    clock: itsClock,
    quiet,
    isElsewhere: true,
  })
  return {
    listener: (told) => {
      atMs = told.atMs
      printer.listener(told.event)
    },
    close: printer.close,
  }
}

/** Of an id, with the gap behind it. */
const TAIL_COLUMNS = 8
const tailOf = (operationId: string): string => operationId.slice(-6)

async function lines(options: WatchPrinterOptions): Promise<WatchPrinter> {
  const printers = new Map<string, WatchPrinter>()
  for (const id of options.operationIds) {
    const write = (text: string): boolean =>
      process.stderr.write(visible(text.replaceAll(/^(?=.)/gm, `${tailOf(id)}  `)))
    printers.set(id, await likeItsOwn({ write, isTTY: false } as NodeJS.WriteStream, options))
  }
  return {
    listener: (told) => {
      const { event, operationId } = told
      printers.get(operationId)?.listener(told)
      if (event.kind === 'ended') process.stderr.write(`${visible(endText(operationId, event))}\n`)
    },
    close: () => {},
  }
}

function endText(operationId: string, event: Extract<RunEvent, { kind: 'ended' }>): string {
  const why = event.error === null ? '' : `: ${visible(event.error)}`
  return `${tailOf(operationId)}  ${event.status.toUpperCase()}${why}`
}

async function bars({ operationIds }: WatchPrinterOptions): Promise<WatchPrinter> {
  const { MultiBar: Bars } = (await import('cli-progress')).default
  const stream = process.stderr
  const unicode = isUnicodeLocale()
  const board: MultiBar = new Bars({
    stream,
    clearOnComplete: true,
    forceRedraw: true,
    hideCursor: null,
    linewrap: null,
    format: '',
  })
  const runs = new Map(
    operationIds.map((id) => {
      const meter = createPaceMeter()
      const curve = createLossCurve()
      let text = 'loading'
      let lastSaved: Cursor | null = null
      const bar: SingleBar = board.create(1, 0, {}, { format: () => `${tailOf(id)}  ${text}` })
      const show = (progress: Progress, atMs: number): void => {
        const columns = Math.max(1, stream.columns - TAIL_COLUMNS)
        const style = { columns, unicode, losses: curve(progress) }
        text = progressLine(progress, meter(progress, atMs), lastSaved, style)
        bar.update(progress.doneRatio)
      }
      const tell = ({ event, atMs }: Watched): void => {
        if (event.kind === 'saved') lastSaved = event.checkpoint.cursor
        if (event.kind === 'progress') show(event.progress, atMs)
        if (event.kind === 'stage') {
          text = stageText(event.stage)
          board.update()
        }
        if (event.kind !== 'ended') return
        board.log(`${endText(id, event)}\n`)
        board.remove(bar)
      }
      return [id, tell] as const
    }),
  )
  return {
    listener: (told) => runs.get(told.operationId)?.(told),
    close: () => board.stop(),
  }
}
