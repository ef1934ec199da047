// What the phases of each kind do: the same as the command of that name, with the settings of the phase. Those that are
// operations are started or resumed; the others leave nothing behind unless they are done.

import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Clock } from './core/clock.ts'
import { KtrdrError } from './core/errors.ts'
import type { Listener } from './core/events.ts'
import type { Json } from './core/hash.ts'
import type { Layout } from './core/layout.ts'
import type { OperationDetails } from './operations/views.ts'
import type { NewOperation } from './operations/start.ts'
import type { RunSettings } from './operations/run-settings.ts'
import { isContent } from './pipeline/fingerprint.ts'
import type { HashPath } from './pipeline/hash-path.ts'
import { writtenFiles, type Phase } from './pipeline/pipeline.ts'
import {
  TRADING_KEYS,
  type BacktestSettings,
  type PhaseSettings,
  type PrepareSettings,
  type TaskSettings,
  type TrainSettings,
} from './pipeline/schema.ts'
import type { Stops } from './pipeline-stops.ts'
import { backtestRequest, signalRequest, trainRequest, type RequestContext } from './requests.ts'
import { runCommand } from './run-command-phase.ts'
import type { RunEnd } from './runner/run-operation.ts'
import { runSettingsOf, type Settings } from './settings.ts'
import { bundlesOf } from './store/bundle-table.ts'
import type { Sqlite } from './store/database.ts'
import type { PhaseOutput, PhaseOutputs, ProcessMark } from './store/phase-table.ts'

export type PhaseContext = {
  readonly db: Sqlite
  readonly layout: Layout
  readonly clock: Clock
  readonly settings: Settings
  readonly start: (
    type: string,
    request: Json,
    run: RunSettings,
    listener: Listener,
    identity: NewOperation,
  ) => Promise<RunEnd>
  readonly resume: (operationId: string, listener: Listener) => Promise<RunEnd>
  readonly show: (operationId: string) => OperationDetails
}

/** Types of operations by the kinds of phases that they do. */
export const OPERATION_TYPES = {
  train: 'training',
  backtest: 'backtesting',
  task: 'tasks',
} as const

/** Of phases that are operations. */
export type OperationSettings = TrainSettings | BacktestSettings | TaskSettings

export function isOperationKind(kind: string): kind is keyof typeof OPERATION_TYPES {
  return Object.hasOwn(OPERATION_TYPES, kind)
}

/**
 * Document 003: so many checkpoints at most, and so long between two; with an interval of 0 one is saved only when the
 * run is stopped or told to.
 */
export function savingOf(
  settings: Settings,
  { maxCheckpoints, saveIntervalMs }: Phase,
): RunSettings {
  const { retention, ...others } = runSettingsOf(settings)
  return {
    ...others,
    retention: { ...retention, keepLast: maxCheckpoints, maxVersions: maxCheckpoints },
    policy: {
      every: {},
      intervalMs: saveIntervalMs === 0 ? null : saveIntervalMs,
      minIntervalMs: saveIntervalMs,
      onStop: true,
      adaptive: null,
    },
  }
}

/** @param settings with paths made whole and references filled in */
export async function requestOf(
  context: RequestContext,
  settings: OperationSettings,
): Promise<Json> {
  if (settings.kind === 'task') return taskRequest(settings)
  const { start, end } = settings
  const data = listOf(settings.data)
  if (settings.kind === 'train') {
    const { strategy, epochs, seed, from } = settings
    return trainRequest(context, { strategy, data, start, end, epochs, seed, from })
  }
  const { parseTradingFlags } = await import('./trading/trading-flags.ts')
  const said = settings as unknown as Readonly<Record<string, string | number | boolean>>
  const flags = TRADING_KEYS.flatMap((key) => {
    const value = said[key]
    if (value === undefined) return []
    return [[key.replaceAll('_', '-'), typeof value === 'boolean' ? value : String(value)]]
  })
  const { model, strategy, signals, timeframe, funding, trials } = settings
  const options = {
    data,
    start,
    end,
    timeframe,
    trading: parseTradingFlags(Object.fromEntries(flags)),
    funding: funding === undefined ? undefined : listOf(funding),
    trials,
  }
  if (signals !== undefined)
    return signalRequest(context, {
      ...options,
      signals,
      strategy,
      confidenceThreshold: settings.confidence_threshold,
      allowShort: settings.allow_short,
      separationHours: settings.signal_separation,
    })
  const given = strategy ?? model!
  const request = await backtestRequest(context, {
    ...options,
    given,
    model: strategy === undefined ? undefined : model,
  })
  if (model !== undefined || 'rules' in request) return request
  throw new KtrdrError(
    'USAGE',
    `The strategy ${given} has a network, and the phase does not say which model.`,
    { suggestions: ['Write for example model: ${train.model}'] },
  )
}

async function taskRequest(settings: TaskSettings): Promise<Json> {
  const [{ tasksRequest }, { queueSettings }] = await Promise.all([
    import('./tasks-request.ts'),
    import('./queue-options.ts'),
  ])
  const { module, input, whole, seed, set, workers, task_timeout, fail_fast } = settings
  const queue = queueSettings({ workers, taskTimeout: task_timeout, failFast: fail_fast })
  const request = tasksRequest({ module, input, whole, seed, values: set as Values | undefined })
  return { ...request, queue } as unknown as Json
}

type Values = Readonly<Record<string, Json>>

function listOf(texts: string | readonly string[]): readonly string[] {
  return typeof texts === 'string' ? [texts] : texts
}

/** What an operation that is done has made, exported if that was asked for. */
export async function outputsOfOperation(
  { db, layout, show }: PhaseContext,
  settings: PhaseSettings,
  operationId: string,
  hashPath: HashPath,
): Promise<PhaseOutputs> {
  const { published } = bundlesOf(db, operationId)
  const operation = nameOnly(operationId)
  if (settings.kind === 'train') {
    const row = published.find(({ kind }) => kind === 'model')
    if (row === undefined) throw goneResult(operationId)
    const path = join(layout.bundles.model, row.path)
    const name = `${row.name}/${row.variant}@${row.version}`
    const model = await outputAt(name, path, hashPath)
    return { model, path: nameOnly(path), operation }
  }
  const bundle = settings.kind === 'task' ? 'tasks' : 'backtest'
  const row = published.find(({ kind }) => kind === bundle)
  if (row === undefined) throw goneResult(operationId)
  const place = join(layout.bundles[bundle], row.path)
  const path = await outputAt(place, place, hashPath)
  if (settings.kind === 'task')
    return { results: nameOnly(join(place, 'results.jsonl')), path, operation }
  if (settings.kind !== 'backtest' || settings.export === undefined) return { path, operation }
  const { exportResult, prepareExport } = await import('./export-result.ts')
  prepareExport(settings.export)
  const { result, ...details } = show(operationId)
  await exportResult({ ...details, ...(result as object) }, settings.export)
  const exported = await outputAt(settings.export, settings.export, hashPath)
  return { path, operation, export: exported }
}

function goneResult(operationId: string): KtrdrError {
  return new KtrdrError('FILE_NOT_FOUND', `What ${operationId} has published is gone.`, {
    details: { operationId },
  })
}

function nameOnly(value: string): PhaseOutput {
  return { value, path: null, sha256: null, sizeBytes: 0 }
}

async function outputAt(value: string, path: string, hashPath: HashPath): Promise<PhaseOutput> {
  const hash = await hashPath(path, isContent)
  if (hash !== undefined) return { value, path, ...hash }
  throw new KtrdrError('FILE_NOT_FOUND', `The phase is done, and there is no ${path}.`, {
    details: { path },
  })
}

/** What is wrong with what was made; null = every byte is as it was. */
export async function damageOf(outputs: PhaseOutputs, hashPath: HashPath): Promise<string | null> {
  for (const { path, sha256 } of Object.values(outputs)) {
    if (path === null) continue
    const found = await hashPath(path, isContent)
    if (found === undefined) return `${path} is gone`
    if (found.sha256 !== sha256) return `${path} is not as it was written`
  }
  return null
}

export type ShortWork = {
  readonly phase: Phase
  /** With paths made whole and references filled in. */
  readonly settings: Exclude<PhaseSettings, OperationSettings>
  /** The directory of the file. */
  readonly base: string
  readonly log: string
  readonly stops: Stops
  readonly hashPath: HashPath
  readonly onSpawn: (mark: ProcessMark) => void
}

/** Does a phase that is no operation. @returns what it has made */
export async function doShortPhase(
  context: PhaseContext,
  { phase, settings, base, log, stops, hashPath, onSpawn }: ShortWork,
): Promise<PhaseOutputs> {
  const { db, layout, show } = context
  for (const [, path] of writtenFiles(settings)) mkdirSync(dirname(path), { recursive: true })
  switch (settings.kind) {
    case 'prepare':
      await stops.orStop(prepare(context, settings))
      break
    case 'report': {
      const { writeReport } = await import('./make-report.ts')
      const { operation, out } = settings
      await stops.orStop(writeReport({ db, layout, show }, operation, { out, force: true }))
      break
    }
    case 'command':
      await runCommand(settings, {
        phase: phase.name,
        directory: base,
        dataDir: layout.root,
        log,
        stops,
        onSpawn,
      })
  }
  const outputs: [string, PhaseOutput][] = []
  for (const [key, path] of writtenFiles(settings))
    outputs.push([key.at(-1)!, await outputAt(path, path, hashPath)])
  return Object.fromEntries(outputs)
}

async function prepare({ settings }: PhaseContext, phase: PrepareSettings): Promise<void> {
  const tools = await import('./data-tools.ts')
  const { out } = phase
  switch (phase.action) {
    case 'convert':
    case 'resample': {
      const { in: path, timeframe, start, end } = phase
      await tools.convertData({ path, out, timeframe, start, end, force: true })
      return
    }
    case 'synth': {
      const { kind: _, action: __, out: ___, symbol_like: market, ...said } = phase
      const given = Object.entries({ ...said, market }).filter(([, value]) => value !== undefined)
      const options = { ...tools.SYNTHESIZE_DEFAULTS, ...Object.fromEntries(given) }
      await tools.synthesizeData({ ...options, out, force: true })
      return
    }
    case 'features': {
      const { exportFeatures } = await import('./export-features.ts')
      const { strategy, data, start, end, raw = false } = phase
      const options = { strategy, data: listOf(data), start, end, out, raw, force: true }
      await exportFeatures(options, settings)
    }
  }
}
