// The front door: everything that a command, a test or a program may ask of ktrdr, as plain functions over plain data.
// What runs work is loaded when it is first needed, so that a list is shown at once.

import { makeDirectory } from './checkpoint/durable-files.ts'
import type { Keys } from './checkpoint/encryption.ts'
import { rekey } from './checkpoint/key-file.ts'
import type { Source } from './checkpoint/read-blobs.ts'
import { findDamage } from './checkpoint/read-checkpoint.ts'
import type { SweepResult } from './checkpoint/sweep.ts'
import { systemClock, type Clock } from './core/clock.ts'
import { KtrdrError } from './core/errors.ts'
import type { Listener } from './core/events.ts'
import { parseFaults } from './core/fault.ts'
import type { Json } from './core/hash.ts'
import { findOperationId } from './core/ids.ts'
import { OPERATION_STATUSES, type CheckpointType, type OperationStatus } from './core/operation.ts'
import { parseDuration, parseShare } from './core/units.ts'
import { cancelOperation } from './operations/cancel.ts'
import { deleteCheckpoints } from './operations/delete-checkpoints.ts'
import { checkpointNotFound, operationNotFound } from './operations/errors.ts'
import { recoverDead } from './operations/recover.ts'
import { withSaveOptions, type RunSettings, type SaveOptions } from './operations/run-settings.ts'
import {
  viewCheckpoint,
  viewCheckpointDetails,
  viewOperation,
  viewOperationDetails,
  viewRun,
  type CheckpointDetails,
  type CheckpointView,
  type OperationDetails,
  type OperationView,
  type RunReport,
} from './operations/views.ts'
import { verifyCheckpoints, type Verification } from './operations/verify-checkpoints.ts'
import type { RunEnd } from './runner/run-operation.ts'
import {
  backtestRequest,
  trainRequest,
  type BacktestOptions,
  type TrainOptions,
} from './requests.ts'
import { openKeysOf, secretFrom } from './encryption-keys.ts'
import { runSettingsOf, type KeySources, type Settings } from './settings.ts'
import {
  listAllCheckpoints,
  listCheckpoints,
  type CheckpointRow,
} from './store/checkpoint-table.ts'
import { openDatabase } from './store/database.ts'
import {
  findOperation,
  listOperationIds,
  listOperations,
  type OperationRow,
} from './store/operation-table.ts'
import pjson from '../package.json' with { type: 'json' }

export type {
  CheckpointDetails,
  CheckpointView,
  OperationDetails,
  OperationView,
  Listener,
  RunEnd,
  RunReport,
  SaveOptions,
  SweepResult,
  Verification,
}

export { resolveSettings } from './settings.ts'
export { exportResult, prepareExport } from './export-result.ts'
export { validateStrategy } from './validate-strategy.ts'
export { CHECKPOINT_TYPES } from './core/operation.ts'

/** What an operation can be found in: nothing waits as `pending` yet. */
export const LIST_STATUSES = OPERATION_STATUSES.filter((status) => status !== 'pending')

export const LIST_SORTS = ['age', 'progress', 'size', 'status'] as const

export type ListOptions = {
  readonly status?: OperationStatus | undefined
  readonly type?: string | undefined
  readonly resumable?: boolean | undefined
  readonly limit?: number | undefined
  readonly sort?: (typeof LIST_SORTS)[number] | undefined
}

export const CHECKPOINT_SORTS = ['age', 'size'] as const

export type CheckpointListOptions = {
  readonly type?: CheckpointType | undefined
  /** "30d" */
  readonly olderThan?: string | undefined
  readonly sort?: (typeof CHECKPOINT_SORTS)[number] | undefined
}

/** What each kind of work is counted in. */
const UNITS = { training: ['epoch', 'batch'], backtesting: ['bar'] } as const
type WorkType = keyof typeof UNITS

export type DeletedCheckpoints = {
  readonly deleted: readonly CheckpointView[]
  readonly bytesFreed: number
  /** Operations whose checkpoints stay because they are running. */
  readonly inUse: readonly string[]
}

/** What a dry run says. */
export type Plan = {
  readonly type: string
  readonly name: string
  readonly headline: readonly (readonly [string, string])[]
  readonly warnings: readonly string[]
  readonly settings: Json
  readonly saving: RunSettings
}

export type Ktrdr = Awaited<ReturnType<typeof openKtrdr>>

/** Opens the data directory, creating it when it is new, and records what has died since. */
export async function openKtrdr(settings: Settings, clock: Clock = systemClock) {
  const { layout } = settings
  parseFaults(process.env['KTRDR_FAULT'] ?? '') // a misspelt one is told now, not in a thread
  makeDirectory(layout.root)
  const db = openDatabase(layout.database)
  const dead = recoverDead(db, layout, clock)
  const context = { db, settings }
  const program = `ktrdr ${pjson.version}, Node ${process.versions.node}, ${process.platform}-${process.arch}`

  /** With the keys of what is encrypted, which are opened when they are first needed. */
  let keys: Keys | undefined
  const source = (): Source => ({ db, layout, keys: (keys ??= openKeysOf(settings)) })

  const operationId = (text: string): string => findOperationId(text, listOperationIds(db))
  const operationOf = (id: string): OperationRow => {
    const row = findOperation(db, id)
    if (!row) throw operationNotFound(id)
    return row
  }
  /** `ID` or `ID@SEQ`. */
  const parseVersion = (text: string): { id: string; seq: number | null } => {
    const [name = '', seq] = text.split(/@(.*)/s)
    if (seq !== undefined && !/^[1-9]\d*$/.test(seq))
      throw new KtrdrError('USAGE', `"${text}" names no checkpoint; expected ID or ID@NUMBER.`)
    return { id: operationId(name), seq: seq === undefined ? null : Number(seq) }
  }
  const versionOf = (text: string): { operation: OperationRow; row: CheckpointRow } => {
    const { id, seq } = parseVersion(text)
    const rows = listCheckpoints(db, id)
    const row = seq === null ? rows[0] : rows.find((candidate) => candidate.seq === seq)
    if (!row) throw checkpointNotFound(id, seq, rows)
    return { operation: operationOf(id), row }
  }
  /**
   * Exactly these: what was saved since they were looked at stays.
   * @throws OPERATION_ALREADY_RUNNING; CHECKPOINT_NOT_FOUND when all of them are gone
   */
  const deleteVersions = (id: string, seqs: readonly number[]): DeletedCheckpoints => {
    const { rows, bytesFreed } = deleteCheckpoints(db, layout, clock, id, seqs)
    const deleted = rows.map((row) => viewCheckpoint(row, clock.nowMs()))
    return { deleted, bytesFreed, inUse: [] }
  }
  const machine = () => ({ ...source(), clock, program, threads: settings.values.threads })
  const saving = (type: WorkType, options: SaveOptions): RunSettings =>
    withSaveOptions(runSettingsOf(settings), options, UNITS[type])
  const start = async (
    type: WorkType,
    request: Json,
    options: SaveOptions,
    listener: Listener,
  ): Promise<RunEnd> => {
    const { startOperation } = await import('./operations/start.ts')
    return startOperation({ ...machine(), listener }, type, request, saving(type, options))
  }
  const plan = async (type: WorkType, request: Json, options: SaveOptions): Promise<Plan> => {
    const [{ findJob }, { openKernel }] = await Promise.all([
      import('./jobs/catalog.ts'),
      import('./open-kernel.ts'),
    ])
    const job = await findJob(type)
    const resources = { threads: 1, cores: 1, kernel: openKernel, startThread: () => {} }
    const { name, headline, warnings, settings: resolved } = await job.load(request, resources)
    return { type, name, headline, warnings, settings: resolved, saving: saving(type, options) }
  }

  return {
    settings,
    clock,
    /** Operations whose owner was found dead just now. */
    recovered: dead.map((id) => viewOperation(db, operationOf(id), clock.nowMs())),

    train: (options: TrainOptions, save: SaveOptions, listener: Listener) =>
      start('training', trainRequest(context, options), save, listener),
    planTraining: (options: TrainOptions, save: SaveOptions) =>
      plan('training', trainRequest(context, options), save),
    backtest: async (options: BacktestOptions, save: SaveOptions, listener: Listener) =>
      start('backtesting', await backtestRequest(context, options), save, listener),

    /** What a run that has ended answers. */
    report: (end: RunEnd): RunReport =>
      viewRun(db, operationOf(end.operationId), end, clock.nowMs()),

    operations: {
      find: operationId,
      list: (options: ListOptions = {}): OperationView[] => {
        const nowMs = clock.nowMs()
        const views = listOperations(db)
          .map((row) => viewOperation(db, row, nowMs))
          .filter(
            (view) =>
              (options.status === undefined || view.status === options.status) &&
              (options.type === undefined || view.type === options.type) &&
              (!options.resumable || view.resumable),
          )
        return sorted(views, options.sort ?? 'age').slice(0, options.limit)
      },
      show: (text: string): OperationDetails =>
        viewOperationDetails(db, layout, operationOf(operationId(text)), clock.nowMs()),
      resume: async (
        text: string,
        overrides: Readonly<Record<string, Json>>,
        listener: Listener,
      ) => {
        const { resumeOperation } = await import('./operations/resume.ts')
        return resumeOperation({ ...machine(), listener }, operationId(text), overrides)
      },
      cancel: async (text: string, reason: string | null, waitMs: number): Promise<OperationView> =>
        viewOperation(
          db,
          await cancelOperation(db, clock, operationId(text), reason, waitMs),
          clock.nowMs(),
        ),
    },

    checkpoints: {
      list: (text?: string, options: CheckpointListOptions = {}): CheckpointView[] => {
        const { type, olderThan, sort = 'age' } = options
        // Not 0: what was saved before the clock was set back is younger than nothing.
        const olderThanMs = olderThan === undefined ? -Infinity : parseDuration(olderThan)
        const nowMs = clock.nowMs()
        const views = (
          text === undefined ? listAllCheckpoints(db) : listCheckpoints(db, operationId(text))
        )
          .filter((row) => type === undefined || row.type === type)
          .map((row) => viewCheckpoint(row, nowMs))
          .filter(({ ageMs }) => ageMs >= olderThanMs)
        return sort === 'age' ? views : views.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
      },
      /** `ID` means its newest. A resume may go on from an older one when this one is damaged. */
      show: (text: string): CheckpointDetails => {
        const { operation, row } = versionOf(text)
        const details = viewCheckpointDetails(source(), row, operation, clock.nowMs())
        const isUsable = (one: CheckpointRow): boolean => findDamage(source(), one) === undefined
        const hasGoodOne =
          details.damage === null || listCheckpoints(db, operation.id).some(isUsable)
        return { ...details, resumable: details.resumable && hasGoodOne }
      },
      /** Of one, of an operation, or of all. @param sample "5%" */
      verify: (text?: string, sample = '100%'): Verification => {
        const share = parseShare(sample)
        if (text === undefined) return verifyCheckpoints(source(), listAllCheckpoints(db), share)
        const { id, seq } = parseVersion(text)
        const rows = listCheckpoints(db, id)
        const chosen = rows.filter((row) => seq === null || row.seq === seq)
        if (chosen.length === 0) throw checkpointNotFound(id, seq, rows)
        return verifyCheckpoints(source(), chosen, share)
      },
      delete: deleteVersions,
      /** Of those, the ones that no running operation uses. @returns also ids of the running ones */
      deleteAll: (chosen: readonly CheckpointView[]): DeletedCheckpoints => {
        const deleted: CheckpointView[] = []
        const inUse: string[] = []
        let bytesFreed = 0
        for (const [id, versions] of Map.groupBy(chosen, (version) => version.operationId))
          try {
            const seqs = versions.map(({ seq }) => seq)
            const one = deleteVersions(id, seqs)
            deleted.push(...one.deleted)
            bytesFreed += one.bytesFreed
          } catch (error) {
            const code = error instanceof KtrdrError ? error.code : undefined
            if (code === 'OPERATION_ALREADY_RUNNING') inUse.push(id)
            else if (code !== 'CHECKPOINT_NOT_FOUND') throw error // deleted by another process meanwhile
          }
        return { deleted, bytesFreed, inUse }
      },
    },

    /** @returns how many data keys were wrapped anew */
    rekey: (to: KeySources): { keys: number } => {
      const secret = secretFrom(to)
      if (!secret) throw new KtrdrError('USAGE', 'There is no new key.')
      return { keys: rekey(layout, secretFrom(settings.keySources), secret) }
    },

    gc: async (options: { dryRun: boolean }): Promise<SweepResult> => {
      const { sweep } = await import('./checkpoint/sweep.ts')
      return sweep(db, layout, options)
    },

    close: () => db.close(),
  }
}

function sorted(views: OperationView[], by: NonNullable<ListOptions['sort']>): OperationView[] {
  switch (by) {
    case 'age':
      return views
    case 'progress':
      return views.toSorted((a, b) => b.progress - a.progress)
    case 'size':
      return views.toSorted((a, b) => b.checkpointBytes - a.checkpointBytes)
    case 'status':
      return views.toSorted((a, b) => a.status.localeCompare(b.status, 'en'))
  }
}
