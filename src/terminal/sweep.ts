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
    readonly bytesFreed: number
  },
  dryRun: boolean,
  room = Infinity,
): string {
  const { removed, inUse, bytesFreed } = result
  const busy =
    inUse.length > 0 ? `\nLeft alone: ${counted(inUse.length, 'file')} of running operations.` : ''
  if (removed.length === 0) return `Nothing to remove.${busy}`
  const columns = [
    { head: dryRun ? 'WOULD REMOVE' : 'REMOVED' },
    { head: 'WHY', gone: 1 },
    { head: 'SIZE', align: 'right' },
  ] as const
  const rows = removed.map(({ path, reason, sizeBytes }) => [path, reason, size(sizeBytes)])
  const total = dryRun
    ? `Would free ${size(bytesFreed)}. Run again without --dry-run to do it.`
    : `Freed ${size(bytesFreed)}.`
  return `${table(columns, rows, room)}\n\n${total}${busy}`
}
