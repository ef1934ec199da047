// One phase, from the decision to the record of what it has made.

import { join } from 'node:path'
import { EXIT_CODES, KtrdrError, type ErrorCode } from './core/errors.ts'
import type { RunEvent } from './core/events.ts'
import { passPoint } from './core/fault.ts'
import { newOperationId } from './core/ids.ts'
import { operationRunning } from './operations/errors.ts'
import { withPaths } from './pipeline/fingerprint.ts'
import type { Phase } from './pipeline/pipeline.ts'
import { fillIn } from './pipeline/references.ts'
import type { PhaseSettings } from './pipeline/schema.ts'
import {
  doShortPhase,
  isOperationKind,
  OPERATION_TYPES,
  outputsOfOperation,
  requestOf,
  savingOf,
  type OperationSettings,
  type ShortWork,
} from './phase-work.ts'
import { begin, complete, stopped, type PhaseEnd, type Run, type Turn } from './phase-turn.ts'
import { decideOn, type Decided } from './pipeline-state.ts'
import type { RunEnd } from './runner/run-operation.ts'
import { inTransaction } from './store/database.ts'
import { notePhaseProcess, type PhaseOutputs } from './store/phase-table.ts'
import { tidyPhase } from './tidy-phases.ts'

/** @throws what makes the phase fail; that it has is recorded */
export async function runPhase(run: Run, phase: Phase): Promise<PhaseEnd> {
  const { context, pipeline, hashPath, done, listener } = run
  const decided = await decideOn(context, pipeline, phase, (need) => done.get(need)!, hashPath)
  const { decision, rows, fingerprint } = decided
  const running = rows.find(({ operation }) => operation?.status === 'running')
  if (running?.fingerprint === fingerprint) throw operationRunning(running.operationId!)
  tidyPhase(context, rows, phase, 'row' in decision ? decision.row : undefined, listener)
  const reason = reasonOf(run, phase, decision)
  listener({
    kind: 'phase',
    phase: phase.name,
    phaseKind: phase.kind,
    number: pipeline.phases.indexOf(phase) + 1,
    of: pipeline.phases.length,
    action: decision.action === 'adopt' ? 'cached' : decision.action,
    reason,
  })
  const turn: Turn = {
    phase,
    settings: settingsOf(run, phase),
    key: { pipeline: pipeline.file, phase: phase.name, fingerprint },
    parts: decided.parts,
    reason,
  }
  switch (decision.action) {
    case 'cached': {
      const { outputs, operationId } = decision.row
      done.set(phase.name, { fingerprint, outputs })
      return { action: 'cached', reason: null, operationId, outputs, isAbandoned: false }
    }
    case 'adopt':
      return adopt(run, turn, decision.row.operationId!)
    case 'resume':
      return runOperationPhase(run, turn, decision.row.operationId!)
    case 'run':
      return isOperationKind(phase.kind)
        ? runOperationPhase(run, turn, null)
        : runShortPhase(run, turn)
  }
}

/** What the operation has made, if it is still there. */
async function adopt(run: Run, turn: Turn, operationId: string): Promise<PhaseEnd> {
  try {
    const outputs = await completeOperation(run, turn, operationId)
    return { action: 'cached', reason: null, operationId, outputs, isAbandoned: false }
  } catch (error) {
    if (!(error instanceof KtrdrError) || error.code !== 'FILE_NOT_FOUND') throw error
    run.listener({ kind: 'restart', phase: turn.phase.name, reason: error.message })
    return runOperationPhase(run, turn, null)
  }
}

function reasonOf(
  { forgotten }: Run,
  { name }: Phase,
  decision: Decided['decision'],
): string | null {
  if (decision.action === 'resume') return decision.from
  if (decision.action !== 'run') return null
  return forgotten.includes(name) ? 'it is to run anew' : decision.reason
}

/** Paths first: what a reference means is whole already. */
function settingsOf({ base, done }: Run, { settings }: Phase): PhaseSettings {
  const valueOf = ({ phase, output }: { readonly phase: string; readonly output: string }) =>
    done.get(phase)!.outputs[output]!.value
  return withPaths(fillIn(settings, valueOf), base)
}

async function completeOperation(run: Run, turn: Turn, operationId: string): Promise<PhaseOutputs> {
  const { context, hashPath } = run
  return complete(
    run,
    turn,
    await outputsOfOperation(context, turn.settings, operationId, hashPath),
  )
}

/** @param resumed the operation to go on with */
async function runOperationPhase(run: Run, turn: Turn, resumed: string | null): Promise<PhaseEnd> {
  const { context, listener } = run
  const { phase, reason } = turn
  const type = OPERATION_TYPES[phase.kind as keyof typeof OPERATION_TYPES]
  const operationId = resumed ?? newOperationId(type, context.clock.nowMs())
  begin(run, turn, operationId)
  const action = resumed === null ? 'run' : 'resumed'
  try {
    const end = await runOperation(run, turn, operationId, resumed !== null)
    const isAbandoned = end.isAbandoned
    if (end.status === 'failed') throw failureOf(phase, end)
    if (end.status === 'cancelled') {
      stopped(run, turn, new KtrdrError('CANCELLED', 'Stopped.'))
      return { action, reason, operationId, outputs: null, isAbandoned }
    }
    const outputs = await completeOperation(run, turn, operationId)
    return { action, reason, operationId, outputs, isAbandoned }
  } catch (error) {
    if (resumed !== null && error instanceof KtrdrError && NOT_TO_GO_ON.has(error.code)) {
      listener({ kind: 'restart', phase: phase.name, reason: error.message })
      return runOperationPhase(run, turn, null)
    }
    stopped(run, turn, error)
    if (error instanceof KtrdrError && error.code === 'CANCELLED')
      return { action, reason, operationId, outputs: null, isAbandoned: false }
    throw error
  }
}

/** Refusals of a resume that leave nothing but to begin anew. */
const NOT_TO_GO_ON: ReadonlySet<ErrorCode> = new Set([
  'CHECKPOINT_CORRUPT',
  'CHECKPOINT_NOT_FOUND',
  'FINGERPRINT_CHANGED',
  'NOT_RESUMABLE',
])

async function runOperation(
  { context, base, listener }: Run,
  { phase, settings }: Turn,
  operationId: string,
  isResumed: boolean,
): Promise<RunEnd> {
  const tell = (event: RunEvent): void => listener({ kind: 'run', event })
  passPoint('pipeline.phase-working')
  if (isResumed) return context.resume(operationId, tell)
  const { strategyDirectories, ...others } = context.settings
  const request = await requestOf(
    {
      db: context.db,
      settings: { ...others, strategyDirectories: [base, ...strategyDirectories] },
    },
    settings as OperationSettings,
  )
  const type = OPERATION_TYPES[phase.kind as keyof typeof OPERATION_TYPES]
  return context.start(type, request, savingOf(context.settings, phase), tell, { operationId })
}

function failureOf({ name }: Phase, { error, operationId }: RunEnd): KtrdrError {
  const { code = 'OPERATION_FAILED', message = 'It failed.', suggestions = [] } = error ?? {}
  const known = code in EXIT_CODES ? (code as ErrorCode) : 'OPERATION_FAILED'
  return new KtrdrError(known, message, { suggestions, details: { phase: name, operationId } })
}

async function runShortPhase(run: Run, turn: Turn): Promise<PhaseEnd> {
  const { context, stops, hashPath, base } = run
  const { phase, reason, key } = turn
  const ended = (outputs: PhaseOutputs | null): PhaseEnd => ({
    action: 'run',
    reason,
    operationId: null,
    outputs,
    isAbandoned: false,
  })
  begin(run, turn, null)
  try {
    passPoint('pipeline.phase-working')
    const outputs = await doShortPhase(context, {
      phase,
      settings: turn.settings as ShortWork['settings'],
      base,
      log: join(run.logs, `${phase.name}.log`),
      stops,
      hashPath,
      onSpawn: (mark) => inTransaction(context.db, () => notePhaseProcess(context.db, key, mark)),
    })
    return ended(complete(run, turn, outputs))
  } catch (error) {
    stopped(run, turn, error)
    if (error instanceof KtrdrError && error.code === 'CANCELLED') return ended(null)
    throw error
  }
}
