// What clean-up has removed, or would, and how much room checkpoints take.

import { counted } from '../core/text.ts'
import { idText, longAge, shortAge, size } from './format.ts'
import { table } from './table.ts'
import { hanging } from './wrap.ts'

type Cleanup = {
  readonly dryRun: boolean
  readonly checkpointsDeleted: number
  readonly bytesFreed: number
  readonly reasons: readonly {
    readonly operationId: string
    readonly seq: number
    readonly reason: string
    readonly sizeBytes: number
  }[]
  readonly kept: readonly { readonly reason: string }[]
  readonly skipped: readonly { readonly operationId: string; readonly reason: string }[]
  readonly orphans: readonly {
    readonly path: string
    readonly reason: string
    readonly sizeBytes: number
  }[]
  readonly archivedBytes: number
  readonly warnings: readonly string[]
}

/** Characters of a reason, which stands beside the id. */
const WIDTH_OF_REASON = 24

export function cleanupScreen(cleanup: Cleanup, room = Infinity): string {
  const { dryRun, reasons, orphans, bytesFreed, archivedBytes } = cleanup
  const notes = [
    ...cleanup.warnings.map((warning) => hanging('! ', warning, room)),
    ...cleanup.skipped.map(({ operationId, reason }) => `Left alone: ${operationId} (${reason}).`),
  ]
  const rows = [
    ...reasons.map(({ operationId, seq, reason, sizeBytes }) => [
      `${idText(operationId, room - WIDTH_OF_REASON)}@${seq}`,
      reason,
      size(sizeBytes),
    ]),
    ...orphans.map(({ path, reason, sizeBytes }) => [path, reason, size(sizeBytes)]),
  ]
  const kept = cleanup.kept.length === 0 ? '' : hanging('KEPT  ', keptText(cleanup.kept), room)
  if (rows.length === 0) return ['Nothing to remove.', kept, ...notes].filter(Boolean).join('\n')
  const columns = [
    { head: dryRun ? 'WOULD DELETE' : 'DELETED' },
    { head: 'WHY' },
    { head: 'SIZE', align: 'right', gone: 1 },
  ] as const
  const archived = archivedBytes > 0 ? ` Archived ${size(archivedBytes)}.` : ''
  const total = dryRun
    ? `Would free ${size(bytesFreed)}. Run again without --dry-run to do it.`
    : `Freed ${size(bytesFreed)}.${archived}`
  return `${[table(columns, rows, room), kept].filter(Boolean).join('\n')}\n\n${[total, ...notes].join('\n')}`
}

/** "3 newest · 1 best · 2 running": how many each rule keeps, without its figures. */
function keptText(kept: Cleanup['kept']): string {
  const groups = Map.groupBy(kept, ({ reason }) => reason.replace(/( \d+)?( \(.*\))?$/, ''))
  return [...groups].map(([rule, { length }]) => `${length} ${rule}`).join(' · ')
}

/** What `checkpoints cleanup` asks. */
export function cleanupQuestion(cleanup: Cleanup, room = Infinity): string {
  const { reasons, checkpointsDeleted, bytesFreed } = cleanup
  const groups = Map.groupBy(reasons, ({ reason }) => reason)
  const why = [...groups].map(([reason, { length }]) => `  ${length} × ${reason}`)
  const operations = new Set(reasons.map(({ operationId }) => operationId)).size
  const what = `${counted(checkpointsDeleted, 'checkpoint')} of ${counted(operations, 'operation')}`
  return [
    hanging('', `Are you sure you want to delete ${what}? That frees ${size(bytesFreed)}.`, room),
    ...why,
  ].join('\n')
}

export function statsScreen(
  stats: {
    readonly totalCheckpoints: number
    readonly totalSizeBytes: number
    readonly newestAgeMs: number | null
    readonly valid: number
    readonly reclaimableBytes: number
    readonly operations: readonly {
      readonly operationId: string
      readonly status: string
      readonly checkpoints: number
      readonly sizeBytes: number
      readonly oldestAgeMs: number
      readonly newestAgeMs: number
    }[]
  },
  room = Infinity,
): string {
  const { totalCheckpoints, totalSizeBytes, valid, reclaimableBytes, operations } = stats
  const reclaimable =
    reclaimableBytes === 0
      ? []
      : [`Reclaimable: ${size(reclaimableBytes)}, by  ktrdr checkpoints cleanup`]
  if (totalCheckpoints === 0) return ['No checkpoints.', ...reclaimable].join('\n')
  const rows = operations.map((one) => [
    idText(one.operationId, room),
    one.status.toUpperCase(),
    String(one.checkpoints),
    size(one.sizeBytes),
    shortAge(one.oldestAgeMs),
    shortAge(one.newestAgeMs),
  ])
  const columns = [
    { head: 'OPERATION_ID' },
    { head: 'STATUS', gone: 3 },
    { head: 'CHECKPOINTS', align: 'right', gone: 4 },
    { head: 'SIZE', align: 'right' },
    { head: 'OLDEST', align: 'right', gone: 2 },
    { head: 'NEWEST', align: 'right', gone: 1 },
  ] as const
  const oldest = Math.max(...operations.map(({ oldestAgeMs }) => oldestAgeMs))
  const ages = `oldest ${longAge(oldest)}, newest ${longAge(stats.newestAgeMs ?? 0)}`
  const damaged = totalCheckpoints === valid ? '' : ` (${totalCheckpoints - valid} damaged)`
  const total = `Total: ${counted(totalCheckpoints, 'checkpoint')}${damaged}, ${size(totalSizeBytes)}; ${ages}`
  return `${table(columns, rows, room)}\n\n${[hanging('', total, room), ...reclaimable].join('\n')}`
}
