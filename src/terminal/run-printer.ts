// What a running operation shows while it runs, always on stderr: a bar on a terminal, a line now and then in a pipe,
// or one JSON document a line. All three print the same events.

import type { SingleBar } from 'cli-progress'
import type { Ora } from 'ora'
import type { Clock } from '../core/clock.ts'
import type { Listener, RunEvent } from '../core/events.ts'
import { cursorText, type Cursor, type Progress } from '../core/operation.ts'
import { ago, size, visible } from './format.ts'
import { counted } from '../core/text.ts'
import { createLossCurve } from './loss-curve.ts'
import { createPaceMeter } from './pace.ts'
import { headlineScreen } from './plan.ts'
import { progressLine, type Pace } from './progress-line.ts'
import { hanging } from './wrap.ts'

export const PROGRESS_MODES = ['auto', 'plain', 'json', 'none'] as const
export type ProgressMode = (typeof PROGRESS_MODES)[number]

export type PrinterOptions = {
  readonly mode: ProgressMode
  readonly stream: NodeJS.WriteStream
  readonly clock: Clock
  /** Leave out what is only pleasant to know. */
  readonly quiet: boolean
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
  return isAnimated ? barPrinter(options) : plainPrinter(options)
}

function jsonPrinter(stream: NodeJS.WriteStream): RunPrinter {
  return {
    listener: ({ kind, ...facts }) =>
      stream.write(`${visible(JSON.stringify({ event: kind, ...facts }))}\n`),
    close: () => {},
  }
}

/** Sentences of an event, or nothing. */
function linesOf(event: RunEvent, { stream, clock }: PrinterOptions): string[] {
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
      const back = event.lastSaved ? `to ${cursorText(event.lastSaved)}` : 'to the beginning'
      return [`Stopping and saving. Press Ctrl-C again to quit now (you would go back ${back}).`]
    }
    default:
      return []
  }
}

/** How often a pipe gets a line: when a unit is complete, but not every few milliseconds; and as a sign of life. */
const LINE_EVERY_MS = 1000
const SIGN_OF_LIFE_MS = 30_000
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

/** Whether the terminal draws more than ASCII. */
export function isUnicodeLocale(): boolean {
  return /utf-?8/i.test(
    process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || '',
  )
}

/** The terminal is left as it is, so that even kill -9 leaves it sane; and no Ctrl-C is swallowed. */
const UNTOUCHED = { hideCursor: false, discardStdin: false } as const

async function barPrinter(options: PrinterOptions): Promise<RunPrinter> {
  const { stream, clock } = options
  const [{ default: ora }, { SingleBar: Bar }] = await Promise.all([
    import('ora'),
    import('cli-progress').then((module) => module.default),
  ])
  const unicode = isUnicodeLocale()
  const meter = createPaceMeter()
  const curve = createLossCurve()
  let losses: readonly number[] = []
  let spinner: Ora | undefined
  let bar: SingleBar | undefined
  let progress: Progress | undefined
  let pace: Pace = { msPerUnit: null, etaMs: null }
  let lastSaved: Cursor | null = null

  const startBar = (): void => {
    bar = new Bar({
      stream,
      format: () =>
        progress
          ? progressLine(progress, pace, lastSaved, { columns: stream.columns, unicode, losses })
          : '',
      clearOnComplete: true,
      forceRedraw: true,
      hideCursor: null,
      linewrap: null,
    })
    bar.start(1, progress?.doneRatio ?? 0)
  }
  const clear = (): void => {
    spinner?.stop()
    spinner = undefined
    bar?.stop()
    bar = undefined
  }
  const print = (lines: readonly string[]): void => {
    if (lines.length === 0) return
    const hadBar = bar !== undefined
    clear()
    for (const line of lines) stream.write(`${hanging('', visible(line), stream.columns)}\n`)
    if (hadBar) startBar()
  }
  return {
    listener: (event) => {
      if (event.kind === 'loading')
        spinner = ora({ text: 'Loading data and features', stream, ...UNTOUCHED }).start()
      if (event.kind === 'saved') lastSaved = event.checkpoint.cursor
      if (event.kind === 'ended') clear()
      if (event.kind === 'progress') {
        progress = event.progress
        pace = meter(progress, clock.elapsedMs())
        losses = curve(progress)
        if (!bar) startBar()
        bar!.update(progress.doneRatio)
        return
      }
      print(linesOf(event, options))
    },
    close: clear,
  }
}
