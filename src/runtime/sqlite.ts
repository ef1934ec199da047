// Opens SQLite databases with better-sqlite3, wherever its native addon lies: in node_modules, beside the bundle, or
// inside the executable, which unpacks it once into the user's cache under the hash of its bytes.

import Database from 'better-sqlite3'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { home, sea, where } from './where.ts'

export type Sqlite = Database.Database

export function openSqlite(
  path: string,
  options: { timeout?: number; readonly?: boolean } = {},
): Sqlite {
  const nativeBinding = addon()
  // better-sqlite3 13 takes a loaded addon as well as a path; its types know only the path.
  return new Database(
    path,
    nativeBinding ? { ...options, nativeBinding: nativeBinding as string } : options,
  )
}

let loaded: unknown

function addon(): unknown {
  if (where === 'source') return undefined
  loaded ??= sea
    ? unpackAddon(new Uint8Array(sea.getRawAsset('better_sqlite3.node')))
    : load(join(home, 'better_sqlite3.node'))
  return loaded
}

function load(file: string): unknown {
  return createRequire(file)(file)
}

function unpackAddon(bytes: Uint8Array): unknown {
  const name = `better_sqlite3-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.node`
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  try {
    return load(unpack(join(cache, 'ktrdr', 'native'), name, bytes))
  } catch {
    return load(unpack(join(tmpdir(), `ktrdr-native-${process.getuid?.() ?? 0}`), name, bytes)) // a read-only home
  }
}

function unpack(directory: string, name: string, bytes: Uint8Array): string {
  const file = join(directory, name)
  if (existsSync(file)) return file
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomUUID()}.tmp` // threads share the pid, so it would not do
  writeFileSync(temporary, bytes, { mode: 0o700 })
  renameSync(temporary, file)
  return file
}
