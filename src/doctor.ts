// The front door for when the data directory is not well: neither opens the database as the other commands do, which
// would create a missing one.

import { systemClock, type Clock } from './core/clock.ts'
import { parseFaults } from './core/fault.ts'
import { openKeysOf } from './encryption-keys.ts'
import { examineStore, isDatabaseSound, type Finding } from './operations/examine-store.ts'
import { rebuildStore, type Rebuilt } from './operations/rebuild-store.ts'
import type { Settings } from './settings.ts'
import { sqliteVersion } from './store/database.ts'
import pjson from '../package.json' with { type: 'json' }

export type { Finding, Rebuilt }

export function examine({ layout }: Settings): Finding[] {
  const { node } = process.versions
  return examineStore(layout, `ktrdr ${pjson.version}, Node ${node}, SQLite ${sqliteVersion()}`)
}

/**
 * @throws FORMAT_TOO_NEW when a newer ktrdr has written the database; IO_FAILED when it cannot be examined;
 *   OPERATION_ALREADY_RUNNING
 */
export function rebuild(settings: Settings, clock: Clock = systemClock): Rebuilt {
  const { layout } = settings
  parseFaults(process.env['KTRDR_FAULT'] ?? '')
  return rebuildStore(layout, openKeysOf(settings), clock, isDatabaseSound(layout))
}
