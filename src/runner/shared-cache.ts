// What the workers of a pool make for each other, within a limit: what was asked for longest ago goes first. The job
// thread and each worker have one; the values lie in shared memory, so all of them hold the same copy.

import type { SharedEntry } from './task-messages.ts'

const LIMIT_BYTES = 512 * 1024 ** 2

export type SharedEntries = {
  readonly get: (key: string) => unknown
  readonly put: (entry: SharedEntry) => void
  readonly all: () => SharedEntry[]
}

export function createSharedEntries(limitBytes = LIMIT_BYTES): SharedEntries {
  /** The one that was asked for longest ago stands first. */
  const entries = new Map<string, SharedEntry>()
  let held = 0
  const drop = (key: string): void => {
    held -= entries.get(key)?.sizeBytes ?? 0
    entries.delete(key)
  }
  return {
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    put(entry) {
      drop(entry.key)
      if (entry.sizeBytes > limitBytes) return
      for (const oldest of entries.keys()) {
        if (held + entry.sizeBytes <= limitBytes) break
        drop(oldest)
      }
      entries.set(entry.key, entry)
      held += entry.sizeBytes
    },
    all: () => [...entries.values()],
  }
}
