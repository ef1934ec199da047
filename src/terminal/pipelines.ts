// Screens of pipelines.

import { shellWord } from '../core/shell-word.ts'
import { counted } from '../core/text.ts'
import { donePercent, duration, shortAge, size, visible } from './format.ts'
import { table } from './table.ts'
import { hanging } from './wrap.ts'

type PhaseReport = {
  readonly phase: string
  readonly kind: string
  readonly action: string | null
  readonly status: string
  readonly outputs: Readonly<Record<string, string>>
  readonly tookMs: number
}

/** Phase by phase what a run has done; paths as they are seen from where it was called. */
export function pipelineScreen(
  phases: readonly PhaseReport[],
  room = Infinity,
  directory = process.cwd(),
): string {
  const shown = (text: string): string =>
    text.startsWith(`${directory}/`) ? text.slice(directory.length + 1) : text

  const rows = phases.map(({ phase, kind, action, status, outputs, tookMs }) => [
    phase,
    kind,
    status === 'completed' ? action! : status,
    action === null || action === 'cached' ? '-' : duration(tookMs),
    shown(Object.values(outputs)[0] ?? '-'),
  ])
  const columns = [
    { head: 'PHASE' },
    { head: 'KIND', gone: 2 },
    { head: 'DONE' },
    { head: 'TOOK', align: 'right', gone: 1 },
    { head: 'RESULT', gone: 3 },
  ] as const
  return table(columns, rows, room)
}

/** How to go on with a pipeline that was stopped. */
export function pipelineStoppedScreen({
  file,
  phases,
}: {
  readonly file: string
  readonly phases: readonly PhaseReport[]
}): string {
  const stopped = phases.find(({ status }) => status === 'cancelled')
  const where = stopped ? ` in the phase ${visible(stopped.phase)}` : ''
  return `Stopped${where}.\nTo go on:  ktrdr pipeline run ${visible(shellWord(file))}`
}

type PhasePlan = {
  readonly phase: string
  readonly kind: string
  readonly action: 'cached' | 'resume' | 'run' | 'wait'
  readonly reason: string | null
}

export function pipelinePlanScreen(phases: readonly PhasePlan[], room = Infinity): string {
  const rows = phases.map(({ phase, kind, action, reason }) => [
    phase,
    kind,
    { cached: 'cached', resume: 'go on', run: 'run', wait: 'wait' }[action],
    action === 'resume' ? `from ${reason}` : (reason ?? ''),
  ])
  const columns = [
    { head: 'PHASE' },
    { head: 'KIND', gone: 1 },
    { head: 'WOULD' },
    { head: 'WHY', wraps: true },
  ] as const
  return table(columns, rows, room)
}

type PhaseStatus = {
  readonly phase: string
  readonly kind: string
  readonly status: string
  readonly reason: string | null
  readonly progress: number
  readonly checkpoint: { readonly unit: string; readonly at: number } | null
  readonly ageMs: number | null
  readonly error: { readonly message: string } | null
}

/** Statuses of which the reason is news. */
const TELLING = new Set(['stale', 'expired', 'failed'])

export function pipelineStatusScreen(
  { file, phases }: { readonly file: string; readonly phases: readonly PhaseStatus[] },
  room = Infinity,
): string {
  const rows = phases.map(({ phase, kind, status, progress, checkpoint, ageMs }) => [
    phase,
    kind,
    status.toUpperCase(),
    donePercent(progress),
    checkpoint ? `${checkpoint.unit} ${checkpoint.at}` : '-',
    ageMs === null ? '-' : shortAge(ageMs),
  ])
  const columns = [
    { head: 'PHASE' },
    { head: 'KIND', gone: 1 },
    { head: 'STATUS' },
    { head: 'PROGRESS', align: 'right', gone: 4 },
    { head: 'CHECKPOINT', gone: 2 },
    { head: 'AGE', align: 'right', gone: 3 },
  ] as const
  const completed = phases.filter(({ status }) => status === 'completed').length
  const isDone = completed === phases.length
  const reasons = phases.flatMap(({ phase, status, reason, error }) => {
    const why = status === 'failed' ? (error?.message ?? reason) : reason
    return TELLING.has(status) && why !== null
      ? [hanging(`${visible(phase)}: `, visible(why), room)]
      : []
  })
  return [
    table(columns, rows, room),
    ...(reasons.length > 0 ? [reasons.join('\n')] : []),
    hanging('', `Total: ${counted(phases.length, 'phase')} (${completed} completed)`, room),
    ...(isDone ? [] : [`To go on:  ktrdr pipeline run ${visible(shellWord(file))}`]),
  ].join('\n\n')
}

export function pipelinesScreen(
  pipelines: readonly {
    readonly pipeline: string
    readonly file: string
    readonly phases: number
    readonly completed: number
    readonly ageMs: number
  }[],
  room = Infinity,
): string {
  if (pipelines.length === 0)
    return 'No pipelines.\n\nRun one:  ktrdr pipeline run FILE    or begin with one of examples/pipelines'
  const rows = pipelines.map(({ pipeline, file, phases, completed, ageMs }) => [
    pipeline,
    `${completed} of ${phases}`,
    shortAge(ageMs),
    file,
  ])
  const columns = [
    { head: 'PIPELINE' },
    { head: 'COMPLETED', gone: 1 },
    { head: 'AGE', align: 'right', gone: 2 },
    { head: 'FILE' },
  ] as const
  return `${table(columns, rows, room)}\n\nTotal: ${counted(pipelines.length, 'pipeline')}`
}

type PhaseStats = {
  readonly totalCheckpoints: number
  readonly validCheckpoints: number
  readonly totalSizeBytes: number
  readonly newestAgeMs: number | null
  readonly completions: number
  readonly outputBytes: number
}

export function pipelineStatsScreen(
  stats: PhaseStats & { readonly phases: readonly ({ readonly phase: string } & PhaseStats)[] },
  room = Infinity,
): string {
  const cells = (one: PhaseStats): string[] => [
    String(one.totalCheckpoints),
    String(one.validCheckpoints),
    size(one.totalSizeBytes),
    one.newestAgeMs === null ? '-' : shortAge(one.newestAgeMs),
    String(one.completions),
    size(one.outputBytes),
  ]
  const rows = stats.phases.map((one) => [one.phase, ...cells(one)])
  const columns = [
    { head: 'PHASE' },
    { head: 'CHECKPOINTS', align: 'right' },
    { head: 'VALID', align: 'right', gone: 3 },
    { head: 'SIZE', align: 'right', gone: 5 },
    { head: 'NEWEST', align: 'right', gone: 4 },
    { head: 'CACHED', align: 'right', gone: 2 },
    { head: 'MADE', align: 'right', gone: 1 },
  ] as const
  const all = rows.length === 1 ? [] : [['Total', ...cells(stats)]]
  return table(columns, [...rows, ...all], room)
}

/** What `pipeline clear` asks. */
export function clearQuestion(
  file: string,
  phase: string | undefined,
  { totalCheckpoints, totalSizeBytes, completions }: PhaseStats,
): string {
  const what = phase === undefined ? file : `${phase} of ${file}`
  return [
    `Forget what is known of ${what}?`,
    `  ${counted(totalCheckpoints, 'checkpoint')} (${size(totalSizeBytes)}), ${counted(completions, 'cached completion')}`,
    '  Models, results and files stay; the phases run again.',
  ].join('\n')
}

export function clearedScreen({
  phases,
  checkpointsDeleted,
  completionsForgotten,
  bytesFreed,
}: {
  readonly phases: readonly string[]
  readonly checkpointsDeleted: number
  readonly completionsForgotten: number
  readonly bytesFreed: number
}): string {
  if (phases.length === 0) return 'There was nothing to forget.'
  return `Forgot ${counted(phases.length, 'phase')}: ${counted(checkpointsDeleted, 'checkpoint')} (${size(bytesFreed)}), ${counted(completionsForgotten, 'cached completion')}.`
}
