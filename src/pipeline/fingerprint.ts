// What a phase depends on, part by part: its settings as the file says them, the bytes of what it reads, and what it
// needs. The fingerprint is the hash of the parts; kept beside it they tell later what has changed.

import { resolve } from 'node:path'
import { KtrdrError } from '../core/errors.ts'
import { exactJson, sha256 } from '../core/hash.ts'
import type { HashPath, IsMeant } from './hash-path.ts'
import { readFiles, writtenFiles, type Phase, type ReadKind } from './pipeline.ts'
import { hasReference } from './references.ts'

export type Parts = Readonly<Record<string, string>>

/** What was made, as far as it counts for others. */
export type Made = {
  readonly fingerprint: string
  readonly outputs: Readonly<Record<string, { readonly sha256: string | null }>>
}

export type PartsContext = {
  /** The directory of the file. */
  readonly base: string
  readonly hashPath: HashPath
  /** Where a strategy or a model lies that is called by its name. */
  readonly locate: (kind: ReadKind, name: string) => Promise<string>
}

/** Settings that say how long and how safely, not what. */
const NOT_PARTS: ReadonlySet<string> = new Set([
  'needs',
  'ttl',
  'max_checkpoints',
  'save_interval_seconds',
  'workers',
  'task_timeout',
])

/**
 * @param made of all phases that it needs
 * @throws FILE_NOT_FOUND and what `locate` throws, naming the key
 */
export async function partsOf(
  { name, needs, settings }: Phase,
  made: (phase: string) => Made,
  { base, hashPath, locate }: PartsContext,
): Promise<Parts> {
  const said = Object.entries(settings)
    .filter(([key]) => !NOT_PARTS.has(key))
    .map(([key, value]): [string, string] => [key, sha256(exactJson(value))])
  const files: [string, string][] = []
  for (const { key, kind, text } of readFiles(settings)) {
    if (hasReference(text)) continue
    const path = await pathOf(kind, text, base, (word) => locate(kind, word))
    const hash = await hashPath(path, FILES_OF[kind])
    if (hash === undefined)
      throw new KtrdrError('FILE_NOT_FOUND', `${name}.${key}: there is no ${path}.`, {
        details: { phase: name, key, path },
      })
    files.push([`${key} ${text}`, hash.sha256])
  }
  const needed = needs.map((need): [string, string] => {
    const { fingerprint, outputs } = made(need)
    const hashes = Object.entries(outputs).flatMap(([output, { sha256: hash }]) =>
      hash === null ? [] : [[output, hash] as const],
    )
    return [`phase ${need}`, sha256(exactJson([fingerprint, hashes]))]
  })
  return Object.fromEntries([...said, ...files, ...needed])
}

export function fingerprintOf(parts: Parts): string {
  return sha256(exactJson(Object.entries(parts).toSorted(([a], [b]) => (a < b ? -1 : 1))))
}

/** In words, what is not as it was; the first is the most telling. */
export function changesOf(before: Parts, now: Parts): string[] {
  const keys = [...new Set([...Object.keys(now), ...Object.keys(before)])]
  return keys.flatMap((key) => {
    if (before[key] === now[key]) return []
    if (before[key] === undefined) return [`${key} was added`]
    return now[key] === undefined ? [`${key} was removed`] : [`${key} has changed`]
  })
}

const isData: IsMeant = (name) => /^[^/\\]+\.(csv|csv\.gz|parquet)$/i.test(name)
/** The manifest of a bundle does not vouch for it. */
export const isContent: IsMeant = (name) => name !== 'provenance.json'

const FILES_OF: Readonly<Record<ReadKind, IsMeant | undefined>> = {
  file: undefined,
  strategy: undefined,
  data: isData,
  model: isContent,
}

/** A path starts from the directory of the file; a strategy or a model may be called by its name. */
async function pathOf(
  kind: ReadKind,
  text: string,
  base: string,
  locate: (name: string) => Promise<string>,
): Promise<string> {
  if (kind === 'data') return resolve(base, text.replace(SYMBOL, ''))
  if (kind === 'strategy' && !isPath(text)) return locate(text)
  if (kind === 'model' && !isDirectory(text)) return locate(text)
  return resolve(base, text)
}

const SYMBOL = /^[A-Za-z0-9_.-]{1,64}=/

/** As strategies are found by. */
function isPath(text: string): boolean {
  return /[/\\]|\.ya?ml$/.test(text)
}

/** `./model`, `/models/pullback/SP500_1d/v3`; `pullback/SP500_1d@3` is a name. */
function isDirectory(text: string): boolean {
  return /^[./]/.test(text)
}

/** The settings of a phase with its paths made whole, as the commands take them. */
export function withPaths<Settings extends Phase['settings']>(
  settings: Settings,
  base: string,
): Settings {
  const whole: Record<string, unknown> = { ...settings }
  const replace = (key: string, change: (text: string) => string): void => {
    const value = whole[key]
    whole[key] = Array.isArray(value)
      ? value.map((text: string) => change(text))
      : change(String(value))
  }
  for (const key of new Set(readFiles(settings).map((file) => file.key))) {
    const { kind } = readFiles(settings).find((file) => file.key === key)!
    if (kind === 'data')
      replace(key, (text) => {
        const symbol = SYMBOL.exec(text)?.[0] ?? ''
        return `${symbol}${resolve(base, text.slice(symbol.length))}`
      })
    else if (kind === 'file') replace(key, (text) => resolve(base, text))
    else if (kind === 'strategy')
      replace(key, (text) => (isPath(text) ? resolve(base, text) : text))
    else replace(key, (text) => (isDirectory(text) ? resolve(base, text) : text))
  }
  for (const [path] of writtenFiles(settings)) {
    const [key, name] = path
    if (name === undefined) replace(key!, (text) => resolve(base, text))
    else {
      const files = whole[key!] as Record<string, string>
      whole[key!] = { ...files, [name]: resolve(base, files[name]!) }
    }
  }
  return whole as Settings
}
