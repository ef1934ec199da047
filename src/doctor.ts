// The front door for when the data directory is not well: neither opens the database as the other commands do, which
// would create a missing one.

import { checkPlace } from './check-place.ts'
import { systemClock, type Clock } from './core/clock.ts'
import { parseFaults } from './core/fault.ts'
import { openKeysOf } from './encryption-keys.ts'
import { examineMachine, examineModes } from './examine-machine.ts'
import { examineStore, isDatabaseSound, type Finding } from './operations/examine-store.ts'
import { rebuildStore, type Rebuilt } from './operations/rebuild-store.ts'
import type { Settings, SettingSources } from './settings.ts'

export type { Finding, Rebuilt }

/** @param env for variables that do nothing */
export async function examine(
  settings: Settings,
  env: SettingSources['env'],
  clock: Clock = systemClock,
): Promise<Finding[]> {
  const machine = await examineMachine(settings, env, clock)
  const isAddonBroken = machine.some(
    ({ check, verdict }) => check === 'program' && verdict === 'problem',
  )
  const store = isAddonBroken ? [] : examineStore(settings.layout)
  return [...machine, ...store, examineModes(settings)] // last: SQLite may have made files to look at its own
}

/**
 * @throws FORMAT_TOO_NEW when a newer ktrdr has written the database; IO_FAILED when it cannot be examined;
 *   OPERATION_ALREADY_RUNNING
 */
export function rebuild(settings: Settings, clock: Clock = systemClock): Rebuilt {
  const { layout } = settings
  parseFaults(process.env['KTRDR_FAULT'] ?? '')
  checkPlace(settings)
  return rebuildStore(layout, openKeysOf(settings), clock, isDatabaseSound(layout))
}
