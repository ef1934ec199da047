// What train, backtest and operations resume share: the flags of a run, its progress, and how its end is told.

import { Flags, type Interfaces } from '@oclif/core'
import { EXIT_CODES, KtrdrError, type ErrorCode } from '../src/core/errors.ts'
import {
  detachedSelf,
  type Detached,
  type DetachedWork,
  type Ktrdr,
  type Listener,
  type RunEnd,
  type RunReport,
  type SaveOptions,
} from '../src/ktrdr.ts'
import { detachedScreen } from '../src/terminal/operation-actions.ts'
import { createRunPrinter, PROGRESS_MODES } from '../src/terminal/run-printer.ts'
import { resultScreen, stoppedScreen } from '../src/terminal/results.ts'
import { BaseCommand, EXIT_OF_SIGNAL, type BaseFlags } from './base.ts'

export const progressFlags = {
  progress: Flags.option({
    options: PROGRESS_MODES,
    default: 'auto',
    description: 'how to show progress, always on stderr',
  })(),
}

export const threadsFlag = Flags.string({
  helpValue: 'N',
  description: 'threads to train on, or "auto"; the result is the same with any number',
})

export const detachFlag = Flags.boolean({
  exclusive: ['dry-run'],
  description: 'go on without this terminal: answers with the id as soon as the run has begun',
})

const saving = { helpGroup: 'SAVE' } as const

export const saveFlags = {
  'checkpoint-every': Flags.string({
    ...saving,
    helpValue: '10epochs',
    description: 'save every N epochs or batches',
  }),
  'checkpoint-interval': Flags.string({
    ...saving,
    helpValue: '60s',
    description: 'save when this time has passed; 0 = no time trigger',
  }),
  'min-save-interval': Flags.string({
    ...saving,
    helpValue: '0s',
    description: 'least time between two saves',
  }),
  'no-checkpoints': Flags.boolean({
    ...saving,
    description: 'save nothing, not even when stopped',
  }),
  'keep-checkpoints': Flags.boolean({
    ...saving,
    description: 'keep the checkpoints when the run completes',
  }),
}

export const DATA_FLAG = {
  multiple: true,
  multipleNonGreedy: true,
  helpValue: '[SYMBOL=]FILE|DIR',
} as const

export const rangeFlags = {
  start: Flags.string({ helpValue: 'DATE', description: 'first bar to use, e.g. 2015-01-01' }),
  end: Flags.string({ helpValue: 'DATE', description: 'last bar to use; a day means all of it' }),
}

export const dataFlags = {
  data: Flags.string({
    ...DATA_FLAG,
    required: true,
    description:
      'price bars as CSV (gzip too) or Parquet, again for each further symbol or timeframe; of a directory its files <SYMBOL>_<TIMEFRAME>.csv',
  }),
  ...rangeFlags,
}

type SaveFlags = Interfaces.InferredFlags<typeof saveFlags>

export function saveOptions(flags: SaveFlags): SaveOptions {
  return {
    every: flags['checkpoint-every'],
    interval: flags['checkpoint-interval'],
    minInterval: flags['min-save-interval'],
    noCheckpoints: flags['no-checkpoints'],
    keepCheckpoints: flags['keep-checkpoints'] || undefined,
  }
}

/** What a command that starts a run answers when it does not wait for its end. */
export type DetachedReport = Detached & { readonly status: 'running' }

/** How a run ended, as far as its report needs it. */
type End = Parameters<Ktrdr['report']>[0] & Pick<RunEnd, 'status' | 'signal'>

type WatchFlags = BaseFlags &
  Interfaces.InferredFlags<typeof progressFlags> & { readonly detach: boolean }

export abstract class RunCommand extends BaseCommand {
  /** A detached process has nobody to talk to: its log and its record say it all. */
  override jsonEnabled(): boolean {
    return detachedSelf === undefined && super.jsonEnabled()
  }

  protected override async catch(error: Error): Promise<void> {
    const isTold = detachedSelf?.fail(this.asKtrdrError(error)) ?? false
    if (!isTold) return super.catch(error)
  }

  /**
   * Runs with progress on the screen; the returned document is what `--json` shows.
   * @param work what runs, should it go on without this terminal
   */
  protected async watch(
    ktrdr: Ktrdr,
    flags: WatchFlags,
    work: DetachedWork,
    start: (listener: Listener) => Promise<RunEnd>,
  ): Promise<RunReport | DetachedReport> {
    if (detachedSelf) return this.reportSilently(ktrdr, await start(detachedSelf.listener))
    const mode = flags.progress === 'auto' && this.jsonEnabled() ? 'none' : flags.progress
    const printer = await createRunPrinter({
      mode,
      stream: process.stderr,
      clock: ktrdr.clock,
      quiet: flags.quiet,
    })
    const argv = [...(this.id ?? '').split(':'), ...this.argv]
    let begun: RunEnd | Detached
    try {
      begun = flags.detach
        ? await ktrdr.operations.detach(argv, work, printer.listener)
        : await start(printer.listener)
    } finally {
      printer.close()
    }
    if ('status' in begun) return this.report(ktrdr, begun)
    this.log(detachedScreen(begun))
    return { ...begun, status: 'running' }
  }

  private reportSilently(ktrdr: Ktrdr, end: RunEnd): RunReport {
    const report = ktrdr.report(end)
    if (end.status === 'failed') process.exitCode = failureOf(report).exitCode
    if (end.status === 'cancelled') process.exitCode = EXIT_OF_SIGNAL[end.signal ?? 'SIGINT']!
    return report
  }

  protected report(ktrdr: Ktrdr, end: End): RunReport {
    const report = ktrdr.report(end)
    switch (end.status) {
      case 'completed':
        this.log(resultScreen(report, this.room))
        if (hasGivenUp(report)) process.exitCode = EXIT_CODES.TASKS_QUARANTINED
        return report
      case 'failed':
        throw failureOf(report)
      case 'cancelled':
        process.exitCode = EXIT_OF_SIGNAL[end.signal ?? 'SIGINT']!
        this.logToStderr(stoppedScreen(report, this.room))
        if (end.isAbandoned) {
          if (this.jsonEnabled()) this.logJson(report)
          dieOf(end.signal ?? 'SIGINT')
        }
        return report
    }
  }
}

/** Tasks of a queue that were set aside: done, and not clean. */
function hasGivenUp({ tasks }: RunReport): boolean {
  const { quarantined = [] } = (tasks ?? {}) as { readonly quarantined?: readonly unknown[] }
  return quarantined.length > 0
}

/** Leaves at once, as the signal would have it: process.exit() joins the threads, and one may hang in a write. */
export function dieOf(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

function failureOf({ operationId, error, resumable }: RunReport): KtrdrError {
  const { code, message, suggestions } = error ?? {
    code: 'OPERATION_FAILED',
    message: 'It failed.',
    suggestions: [],
  }
  return new KtrdrError(code in EXIT_CODES ? (code as ErrorCode) : 'OPERATION_FAILED', message, {
    suggestions: [...suggestions, ...(resumable ? [`ktrdr operations resume ${operationId}`] : [])],
    details: { operationId },
  })
}
