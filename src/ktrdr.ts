// The front door: everything that a command, a test or a program may ask of ktrdr, as plain functions over plain data.
// What runs work is loaded when it is first needed, so that a list is shown at once.

import { checkPlace } from './check-place.ts'
import { makeDirectory } from './checkpoint/durable-files.ts'
import type { Keys } from './checkpoint/encryption.ts'
import { rekey } from './checkpoint/key-file.ts'
import type { Source } from './checkpoint/read-blobs.ts'
import { systemClock, type Clock } from './core/clock.ts'
import { KtrdrError } from './core/errors.ts'
import type { Listener, LogLevel } from './core/events.ts'
import { parseFaults } from './core/fault.ts'
import type { Json } from './core/hash.ts'
import { checkpointCommands } from './operations/checkpoint-commands.ts'
import { operationNotFound } from './operations/errors.ts'
import { findOperationNamed } from './operations/find-checkpoint.ts'
import { listCheckpointViews, type CheckpointListOptions } from './operations/list-checkpoints.ts'
import { listOperationViews, type ListOptions } from './operations/list-operations.ts'
import { recoverDead } from './operations/recover.ts'
import { operationCommands } from './operations/operation-commands.ts'
import type { NewOperation } from './operations/start.ts'
import { retryOf, type Retry } from './operations/retry.ts'
import type { RunSettings, SaveOptions } from './operations/run-settings.ts'
import { detachedSelf, startDetached, type Detached, type DetachedWork } from './detach.ts'
import type { CheckpointDetails, CheckpointView } from './operations/checkpoint-view.ts'
import {
  viewOperation,
  viewOperationDetails,
  viewRun,
  type OperationDetails,
  type OperationView,
  type RunReport,
} from './operations/views.ts'
import type { ComparedRuns } from './compare-runs.ts'
import type { ReportOptions, WrittenReport } from './make-report.ts'
import { planRun } from './plan-run.ts'
import type { RunEnd } from './runner/run-operation.ts'
import {
  backtestRequest,
  signalRequest,
  trainRequest,
  type BacktestOptions,
  type SignalOptions,
  type TrainOptions,
} from './requests.ts'
import { openKeysOf, secretFrom } from './encryption-keys.ts'
import type { ModelView } from './list-models.ts'
import { modelCommands } from './model-commands.ts'
import { queueCommands } from './queue-commands.ts'
import type { QueueOptions } from './queue-options.ts'
import type { KeySources, Settings } from './settings.ts'
import { housekeepingOf, type DeletedCheckpoints, type GcResult } from './housekeeping.ts'
import { openDatabase } from './store/database.ts'
import { findOperation, type OperationRow } from './store/operation-table.ts'
import type { TasksOptions } from './tasks-request.ts'
import { savingOf, type WorkType } from './work-units.ts'
import pjson from '../package.json' with { type: 'json' }

export type {
  Settings,
  CheckpointDetails,
  CheckpointView,
  DeletedCheckpoints,
  OperationDetails,
  OperationView,
  Listener,
  RunEnd,
  RunReport,
  SaveOptions,
  GcResult,
  ComparedRuns,
  WrittenReport,
  ModelView,
  Detached,
  DetachedWork,
  QueueOptions,
  TasksOptions,
  Retry,
}

export type {
  CompactedCheckpoints,
  ComparedCheckpoints,
  ExportedCheckpoint,
  RolledBack,
} from './operations/checkpoint-commands.ts'
export type * from './pipelines.ts'
export type { Plan } from './plan-run.ts'
export type { Cleanup } from './operations/cleanup.ts'
export type { DeletedOperation } from './operations/delete-operation.ts'
export type { LogLine } from './operations/read-log.ts'
export type { WatchedEvent } from './operations/watch.ts'
export type { Verification } from './operations/verify-checkpoints.ts'
export type { SeveralCancelled } from './operations/operation-commands.ts'
export type { DeletedModels } from './model-commands.ts'

export { FOLD_METHODS, METHODS } from './search/methods.ts'
export { OBJECTIVES } from './jobs/objective.ts'
export { TASK_LIST_STATUSES } from './jobs/task-queue.ts'
export type { TaskList } from './list-tasks.ts'
export { queueOverrides } from './queue-options.ts'
export { detachedSelf } from './detach.ts'
export { parseTradingFlags } from './trading/trading-flags.ts'
export { MODEL_SORTS } from './list-models.ts'
export { EXPORT_FORMATS } from './models/export-model.ts'
export { CHECKPOINT_SORTS } from './operations/list-checkpoints.ts'
export { LIST_SORTS, LIST_STATUSES } from './operations/list-operations.ts'
export { HELP_TOPICS, helpTopic, type HelpPage, type HelpTopic } from './help-topics.ts'
export { resolveSettings } from './settings.ts'
export { settingKeys, settingsPlaces, showSettings, type ShownSettings } from './show-settings.ts'
export { exportResult, prepareExport } from './export-result.ts'
export { examine, rebuild, type Finding, type Rebuilt } from './doctor.ts'
export { exportFeatures, type FeaturesReport } from './export-features.ts'
export {
  checkData,
  convertData,
  inspectData,
  MARKETS,
  SYNTHESIZE_DEFAULTS,
  synthesizeData,
  TIMEFRAMES,
} from './data-tools.ts'
export {
  factsOfData,
  initStrategy,
  STARTER_KINDS,
  STARTER_TEMPLATES,
  type InitRequest,
} from './init-strategy.ts'
export { computeIndicators, describeIndicator, listIndicators } from './indicator-tools.ts'
export { checkLookahead } from './lookahead.ts'
export { starterQuestions } from './starter-questions.ts'
export { migrateStrategy, type MigrationReport } from './migrate-strategy.ts'
export { validateStrategy } from './validate-strategy.ts'
export { openFile } from './runtime/open-file.ts'
export { CHECKPOINT_TYPES } from './core/operation.ts'

export type Ktrdr = Awaited<ReturnType<typeof openKtrdr>>

/** Opens the data directory, creating it when it is new, and records what has died since. */
export async function openKtrdr(settings: Settings, clock: Clock = systemClock) {
  const { layout } = settings
  parseFaults(process.env['KTRDR_FAULT'] ?? '') // a misspelt one is told now, not in a thread
  checkPlace(settings)
  makeDirectory(layout.root)
  const db = openDatabase(layout.database)
  const dead = recoverDead(db, layout, clock)
  const context = { db, settings }
  const program = `ktrdr ${pjson.version}, Node ${process.versions.node}, ${process.platform}-${process.arch}`

  let keys: Keys | undefined
  const store: Source & { readonly clock: Clock } = {
    db,
    layout,
    clock,
    /** Of what is encrypted; opened when they are first needed. */
    get keys() {
      return (keys ??= openKeysOf(settings))
    },
  }

  const operationId = (text: string): string => findOperationNamed(db, text).id
  const operationOf = (id: string): OperationRow => {
    const row = findOperation(db, id)
    if (!row) throw operationNotFound(id)
    return row
  }
  const tidy = housekeepingOf(store, settings)
  const logLevel = settings.values['log.level'] as LogLevel
  const machine = () => ({
    ...store,
    program,
    threads: settings.values.threads,
    logLevel,
    cleanup: tidy.automatic,
    isDetached: detachedSelf !== undefined,
  })
  const saving = (type: WorkType, options: SaveOptions): RunSettings =>
    savingOf(settings, type, options)
  const start = async (
    type: string,
    request: Json,
    run: RunSettings,
    listener: Listener,
    { retriedFrom, operationId: newId = detachedSelf?.operationId }: NewOperation = {},
  ): Promise<RunEnd> => {
    const { startOperation } = await import('./operations/start.ts')
    const named = { ...machine(), listener, operationId: newId, retriedFrom }
    return startOperation(named, type, request, run)
  }
  const show = (text: string): OperationDetails =>
    viewOperationDetails(db, layout, operationOf(operationId(text)), clock.nowMs())
  const resume = async (
    text: string,
    overrides: Readonly<Record<string, Json>>,
    listener: Listener,
  ): Promise<RunEnd> => {
    const { resumeOperation } = await import('./operations/resume.ts')
    return resumeOperation({ ...machine(), listener }, operationId(text), overrides)
  }

  return {
    settings,
    clock,
    /** Operations whose owner was found dead just now. */
    recovered: dead.map((id) => viewOperation(db, operationOf(id), clock.nowMs())),

    train: async (options: TrainOptions, save: SaveOptions, listener: Listener) =>
      start('training', await trainRequest(context, options), saving('training', save), listener),
    planTraining: async (options: TrainOptions, save: SaveOptions) =>
      planRun('training', await trainRequest(context, options), saving('training', save)),
    backtest: async (options: BacktestOptions, save: SaveOptions, listener: Listener) =>
      start(
        'backtesting',
        await backtestRequest(context, options),
        saving('backtesting', save),
        listener,
      ),
    backtestSignals: async (options: SignalOptions, save: SaveOptions, listener: Listener) =>
      start(
        'backtesting',
        await signalRequest(context, options),
        saving('backtesting', save),
        listener,
      ),
    ...queueCommands({
      source: store,
      settings,
      operationNamed: (text) => operationOf(operationId(text)),
      start,
      saving,
    }),

    /** What a run that has ended answers. */
    report: (end: Parameters<typeof viewRun>[2] & Pick<RunEnd, 'operationId'>): RunReport =>
      viewRun(db, operationOf(end.operationId), end, clock.nowMs()),

    operations: {
      find: operationId,
      list: (options: ListOptions = {}): OperationView[] =>
        listOperationViews(db, layout, clock.nowMs(), options),
      show,
      resume,
      /** What a retry starts from. */
      retryOf: (text: string): Retry => retryOf(db, operationOf(operationId(text))),
      /** The same work as a new operation. */
      retry: (
        { operationId: of, type, request, saving: run }: Retry,
        listener: Listener,
      ): Promise<RunEnd> => start(type, request, run, listener, { retriedFrom: of }),
      ...operationCommands(store, logLevel),
      /** Starts this command again as a process of its own, and returns when its run has begun. */
      detach: (argv: readonly string[], work: DetachedWork, listener: Listener) =>
        startDetached({ work, nowMs: clock.nowMs(), argv, logs: layout.logs, listener }),
    },

    reports: {
      /** One HTML file about a completed operation. */
      write: async (text: string, options: ReportOptions = {}): Promise<WrittenReport> => {
        const { writeReport } = await import('./make-report.ts')
        return writeReport({ db, layout, show }, text, options)
      },
      /** Completed operations of one kind, side by side. */
      compare: async (
        texts: readonly string[],
        options: ReportOptions = {},
      ): Promise<ComparedRuns> => {
        const { compareRuns } = await import('./compare-runs.ts')
        return compareRuns({ show }, texts, options)
      },
    },

    checkpoints: {
      ...checkpointCommands(store),
      list: (text?: string, options: CheckpointListOptions = {}): CheckpointView[] =>
        listCheckpointViews(db, clock.nowMs(), text, options),
      ...tidy.checkpoints,
    },

    /** Loaded when they are first needed, with the grammar of their files. */
    pipelines: async () => {
      const { pipelineCommands } = await import('./pipelines.ts')
      return pipelineCommands({
        ...context,
        layout,
        clock,
        start,
        resume: (id, listener) => resume(id, {}, listener),
        show,
      })
    },

    models: modelCommands({ db, layout, clock, show }),

    /** @returns how many data keys were wrapped anew */
    rekey: (to: KeySources): { keys: number } => {
      const secret = secretFrom(to)
      if (!secret) throw new KtrdrError('USAGE', 'There is no new key.')
      return { keys: rekey(layout, secretFrom(settings.keySources), secret) }
    },

    gc: tidy.gc,

    close: () => db.close(),
  }
}
