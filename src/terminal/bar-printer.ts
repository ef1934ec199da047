// A run on a terminal: a bar while it moves, a spinner that says what it does while it does not, sentences above both.

import type { SingleBar } from 'cli-progress'
import type { Ora } from 'ora'
import type { RunEvent } from '../core/events.ts'
import type { Cursor, Progress } from '../core/operation.ts'
import { drawable } from './drawable.ts'
import { linesOf } from './event-lines.ts'
import { visible } from './format.ts'
import { isUnicodeLocale } from './is-unicode-locale.ts'
import { createLossCurve } from './loss-curve.ts'
import { createPaceMeter } from './pace.ts'
import { stageText } from './stage-text.ts'
import { progressLine, type Pace } from './progress-line.ts'
import type { PrinterOptions, RunPrinter } from './run-printer.ts'
import { hanging } from './wrap.ts'

/** The terminal is left as it is, so that even kill -9 leaves it sane; and no Ctrl-C is swallowed. */
const UNTOUCHED = { hideCursor: false, discardStdin: false } as const
const FIRST = 'Loading data and features'
/** Of the spinner and the gap behind it, and of a ^C. */
const BESIDE_TEXT = 5

export async function createBarPrinter(options: PrinterOptions): Promise<RunPrinter> {
  const { stream, clock } = options
  const textOf = (what: string): string =>
    stream.columns > 0 ? what.slice(0, Math.max(0, stream.columns - BESIDE_TEXT)) : what
  stream.write(visible(textOf(FIRST))) // before anything else is loaded: it takes its time
  const [{ default: ora }, { SingleBar: Bar }] = await Promise.all([
    import('ora'),
    import('cli-progress').then((module) => module.default),
  ])
  stream.cursorTo(0)
  stream.clearLine(1)
  const unicode = isUnicodeLocale()
  const meter = createPaceMeter()
  const curve = createLossCurve()
  let losses: readonly number[] = []
  let spinner: Ora | undefined
  let bar: SingleBar | undefined
  let progress: Progress | undefined
  let pace: Pace = { msPerUnit: null, etaMs: null }
  let lastSaved: Cursor | null = null

  const clear = (): void => {
    spinner?.stop()
    spinner = undefined
    bar?.stop()
    bar = undefined
  }
  const startBar = (): void => {
    clear()
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
  const spin = (what: string): void => {
    const text = textOf(what)
    if (spinner) {
      spinner.text = text
      return
    }
    clear()
    spinner = ora({ text, stream, ...(unicode ? {} : { spinner: 'line' }), ...UNTOUCHED }).start()
  }
  const print = (lines: readonly string[]): void => {
    if (lines.length === 0) return
    const [hadBar, spun] = [bar !== undefined, spinner?.text]
    clear()
    for (const line of lines)
      stream.write(`${hanging('', drawable(visible(line), stream), stream.columns)}\n`)
    if (hadBar) startBar()
    if (spun !== undefined) spin(spun)
  }
  const listener = (event: RunEvent): void => {
    switch (event.kind) {
      case 'loading':
        return spin(FIRST)
      case 'stage':
        return spin(stageText(event.stage))
      case 'progress':
        progress = event.progress
        pace = meter(progress, clock.elapsedMs())
        losses = curve(progress)
        if (!bar) startBar()
        bar!.update(progress.doneRatio)
        return
      case 'saved':
        lastSaved = event.checkpoint.cursor
        return
      case 'stopping':
        print(linesOf(event, options))
        return spin('Finishing the step')
      case 'ended':
        return clear()
      default:
        return print(linesOf(event, options))
    }
  }
  return { listener, close: clear }
}
