// What `gc` has removed, or would.

import { counted } from '../core/text.ts'
import { size } from './format.ts'
import { table } from './table.ts'

export function sweepScreen(
  result: {
    readonly removed: readonly {
      readonly path: string
      readonly reason: string
      readonly sizeBytes: number
    }[]
    readonly inUse: readonly string[]
    readonly unknown: readonly string[]
    readonly compacted: readonly { readonly operationId: string; readonly bytesFreed: number }[]
    readonly bytesFreed: number
  },
  dryRun: boolean,
  room = Infinity,
): string {
  const { removed, inUse, unknown, compacted, bytesFreed } = result
  const leftAlone = [
    ...(inUse.length > 0 ? [`${counted(inUse.length, 'file')} of running operations`] : []),
    ...(unknown.length > 0
      ? [`${counted(unknown.length, 'file')} of operations that this database does not know`]
      : []),
  ]
  const rest = leftAlone.map((what) => `\nLeft alone: ${what}.`).join('')
  if (removed.length === 0 && compacted.length === 0) return `Nothing to remove.${rest}`
  const columns = [
    { head: dryRun ? 'WOULD REMOVE' : 'REMOVED' },
    { head: 'WHY', gone: 1 },
    { head: 'SIZE', align: 'right' },
  ] as const
  const rows = [
    ...removed.map(({ path, reason, sizeBytes }) => [path, reason, size(sizeBytes)]),
    ...compacted.map((one) => [one.operationId, 'unneeded parts of packs', size(one.bytesFreed)]),
  ]
  const total = dryRun
    ? `Would free ${size(bytesFreed)}. Run again without --dry-run to do it.`
    : `Freed ${size(bytesFreed)}.`
  return `${table(columns, rows, room)}\n\n${total}${rest}`
}
