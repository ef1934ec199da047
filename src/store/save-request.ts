// Asking the owner of a running operation for a checkpoint: a file beside its lock, which the owner takes away when it
// has seen it. To take it away is to have seen it, so one request is one checkpoint, whoever looks at the same moment.

import { unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../core/errors.ts'

export function leaveSaveRequest(locksDirectory: string, operationId: string): void {
  writeFileSync(requestPath(locksDirectory, operationId), '', { mode: 0o600 })
}

/** Whether there was one; it is gone then. */
export function takeSaveRequest(locksDirectory: string, operationId: string): boolean {
  try {
    unlinkSync(requestPath(locksDirectory, operationId))
    return true
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return false // there is none, or the disk does not let go of it: ask again
  }
}

function requestPath(locksDirectory: string, operationId: string): string {
  return join(locksDirectory, `${operationId}.save`)
}
