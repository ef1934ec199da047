// What `ktrdr doctor` looks at besides the store: whether the parts of the program work on this machine, and whether
// the data directory lies well. It changes nothing.

import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { exposureRemedies, exposureText, trustedPaths } from './check-place.ts'
import type { Clock } from './core/clock.ts'
import { shellWord } from './core/shell-word.ts'
import { counted } from './core/text.ts'
import { openKernel } from './open-kernel.ts'
import type { Finding } from './operations/examine-store.ts'
import { fileSystemOf, type FileSystemKind } from './runtime/file-system.ts'
import { exposuresOf, type Exposure } from './runtime/privacy.ts'
import { startWorker } from './runtime/start-worker.ts'
import { enableWideSimd } from './runtime/wide-simd.ts'
import type { Settings, SettingSources } from './settings.ts'
import { sqliteVersion } from './store/database.ts'
import { ignoredVariables } from './upstream-variables.ts'
import pjson from '../package.json' with { type: 'json' }

export async function examineMachine(
  settings: Settings,
  env: SettingSources['env'],
  clock: Clock,
): Promise<Finding[]> {
  return [
    examineAddon(),
    await examineWorker(),
    examineKernel(),
    examineFileSystem(settings),
    examineClock(settings, clock),
    examineVariables(env),
  ]
}

const INSTALL_AGAIN = ['Install ktrdr again: npm ci, or the executable anew.']

function examineAddon(): Finding {
  try {
    const { node } = process.versions
    return ok('program', `ktrdr ${pjson.version}, Node ${node}, SQLite ${sqliteVersion()}`)
  } catch (error) {
    return problem('program', `SQLite cannot be loaded: ${firstLine(error)}`, INSTALL_AGAIN)
  }
}

/** A thread that is slower than this is none. */
const WORKER_MS = 30_000

async function examineWorker(): Promise<Finding> {
  try {
    const worker = startWorker({ workerData: { role: 'probe' } })
    const answer = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('it does not answer')), WORKER_MS)
      worker.on('message', resolve).on('error', reject)
      worker.on('exit', () => {
        clearTimeout(timer)
        reject(new Error('it ended without an answer'))
      })
    }).finally(() => worker.terminate())
    return ok('worker', `threads start; ${counted(Number(answer), 'processor')}`)
  } catch (error) {
    return problem('worker', `a thread cannot be started: ${firstLine(error)}`, INSTALL_AGAIN)
  }
}

function examineKernel(): Finding {
  try {
    openKernel()
    const vectors = enableWideSimd() ? '256-bit' : '128-bit'
    return ok('kernel', `compiles and trains, with vectors of ${vectors}`)
  } catch (error) {
    return problem('kernel', `networks cannot be trained: ${firstLine(error)}`, INSTALL_AGAIN)
  }
}

export function examineFileSystem(
  { layout: { root }, values }: Pick<Settings, 'layout' | 'values'>,
  kindOf: (path: string) => FileSystemKind = fileSystemOf,
): Finding {
  const check = 'file system'
  const { name, nature } = kindOf(root)
  const elsewhere = ['Choose a directory of this machine: --data-dir DIR']
  if (nature === 'memory')
    return warning(check, `${name}: all of it is gone when the machine stops`, elsewhere)
  if (nature !== 'network') return ok(check, name)
  const message = `${name}: SQLite can lose there what was saved`
  return values.network_file_system
    ? warning(check, message, elsewhere)
    : problem(check, message, elsewhere)
}

/** The data directory and what lies at its top are for their owner only, and can be written. */
export function examineModes({ layout, values }: Pick<Settings, 'layout' | 'values'>): Finding {
  const check = 'permissions'
  const { root } = layout
  if (!existsSync(root)) return ok(check, `${root} is not there yet`)
  const exposed = (exposures: readonly Exposure[]): Finding => {
    const message = exposureText(exposures, root)
    const verdict = values.shared_data_dir ? 'warning' : 'problem'
    return { check, verdict, message, suggestions: exposureRemedies(exposures) }
  }
  const ofRoot = exposuresOf([root])
  if (ofRoot.some(({ kind }) => kind === 'foreign')) return exposed(ofRoot)
  try {
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return problem(check, `${root} cannot be written`, [`chmod u+rwx ${shellWord(root)}`])
  }
  const exposures = exposuresOf(trustedPaths(layout))
  if (exposures.length > 0) return exposed(exposures)
  const paths = [root, ...readdirSync(root).map((name) => join(root, name))]
  const open = paths.filter(
    (path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0,
  )
  if (open.length === 0) return ok(check, 'for you only')
  const names = open.map((path) => (path === root ? root : basename(path))).join(', ')
  return warning(check, `others may read or write ${names}`, [
    `chmod go-rwx ${open.map(shellWord).join(' ')}`,
  ])
}

/** Before this there was no ktrdr: a machine whose clock was never set begins in 1970. */
const FIRST_MS = Date.UTC(2024, 0, 1)
/** So far two machines may be apart. */
const TOLERANCE_MS = 120_000

export function examineClock({ layout: { root } }: Settings, clock: Clock): Finding {
  const nowMs = clock.nowMs()
  const now = `${new Date(nowMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const set = ['Set the clock of this machine: ages and schedules go by it.']
  if (nowMs < FIRST_MS) return problem('clock', `it says ${now}`, set)
  const names = existsSync(root) ? readdirSync(root) : []
  const newestMs = Math.max(
    0,
    ...names.map((name) => statSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? 0),
  )
  if (newestMs > nowMs + TOLERANCE_MS)
    return warning('clock', `it says ${now}, and files of the data directory are newer`, set)
  return ok('clock', now)
}

function examineVariables(env: SettingSources['env']): Finding {
  const ignored = ignoredVariables(env)
  if (ignored.length === 0) return ok('environment', 'every variable of ktrdr does something')
  return warning('environment', ignored.join(' '), ['ktrdr config show'])
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n')[0]!
}

function ok(check: string, message: string): Finding {
  return { check, verdict: 'ok', message, suggestions: [] }
}

function warning(check: string, message: string, suggestions: readonly string[]): Finding {
  return { check, verdict: 'warning', message, suggestions }
}

function problem(check: string, message: string, suggestions: readonly string[]): Finding {
  return { check, verdict: 'problem', message, suggestions }
}
