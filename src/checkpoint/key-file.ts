// `keys.json` in the data directory: the data keys of a store, wrapped. It is replaced whole, durably, and never written
// in place; losing it is losing every encrypted pack, so backups must take it along.

import { randomBytes, scryptSync } from 'node:crypto'
import { linkSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { invariant, KtrdrError, systemCode } from '../core/errors.ts'
import type { Layout } from '../core/layout.ts'
import { syncDirectory, temporaryName, unlinkIfPossible, writeNewFile } from './durable-files.ts'
import { KEY_BYTES, seal, unseal, type DataKey, type Keys } from './encryption.ts'

/** What the user holds. */
export type Secret =
  | { readonly from: 'key'; readonly key: Uint8Array }
  | { readonly from: 'passphrase'; readonly passphrase: string }

/** RFC 7914; N = 2^17 takes some 0.7 s and 128 MiB, once a process. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 } as const
const SCRYPT_MEMORY = 256 * 1024 ** 2

type Wrapped = {
  readonly id: string
  /** Base64 of nonce, ciphertext and tag. */
  readonly wrapped: string
  readonly by:
    | { readonly from: 'key' }
    | {
        readonly from: 'passphrase'
        readonly scrypt: { readonly N: number; readonly r: number; readonly p: number }
        readonly salt: string
      }
}

type KeyFile = { readonly format: 1; readonly keys: readonly Wrapped[] }

/**
 * The data keys of a store; with `create`, one is made when there is none yet.
 * @throws KEY_REQUIRED when `secret` does not open them
 */
export function openKeys(
  layout: Layout,
  secret: Secret | null,
  { create }: { readonly create: boolean },
): Keys {
  let file = readKeyFile(layout)
  if (!file && create) {
    if (!secret)
      throw new KtrdrError(
        'KEY_REQUIRED',
        'Checkpoints are to be encrypted, and there is no key to do it with.',
        { suggestions: ['KTRDR_ENCRYPTION_PASSPHRASE=…', 'KTRDR_CHECKPOINT_KEY_FILE=FILE'] },
      )
    file = createKeyFile(layout, secret)
  }
  if (!file || !secret) return { active: null, all: [] }
  const all = unwrapAll(file, secret)
  return { active: create ? (all.at(-1) ?? null) : null, all }
}

/** Wraps the data keys anew; packs stay as they are. @throws KEY_REQUIRED when `from` does not open them */
export function rekey(layout: Layout, from: Secret | null, to: Secret): number {
  const file = readKeyFile(layout)
  if (!file)
    throw new KtrdrError('KEY_REQUIRED', 'This data directory has no encrypted checkpoints.', {
      suggestions: ['KTRDR_CHECKPOINT_ENCRYPTION=aes-256-gcm'],
    })
  if (!from)
    throw new KtrdrError('KEY_REQUIRED', 'The present key is needed to replace it.', {
      suggestions: ['KTRDR_ENCRYPTION_PASSPHRASE=…', 'KTRDR_CHECKPOINT_KEY_FILE=FILE'],
    })
  const keys = unwrapAll(file, from)
  const temporary = writeTemporary(layout, { format: 1, keys: wrapAll(keys, to) })
  renameSync(temporary, pathOf(layout))
  syncDirectory(layout.root)
  return keys.length
}

function createKeyFile(layout: Layout, secret: Secret): KeyFile {
  const key: DataKey = { id: randomBytes(8).toString('hex'), secret: randomBytes(KEY_BYTES) }
  const file: KeyFile = { format: 1, keys: wrapAll([key], secret) }
  const temporary = writeTemporary(layout, file)
  try {
    linkSync(temporary, pathOf(layout)) // unlike a rename, it leaves what another process has made meanwhile
    syncDirectory(layout.root)
    return file
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
    return readKeyFile(layout)!
  } finally {
    unlinkIfPossible(temporary)
  }
}

function pathOf(layout: Layout): string {
  return join(layout.root, 'keys.json')
}

function writeTemporary(layout: Layout, file: KeyFile): string {
  const temporary = join(layout.root, temporaryName('keys'))
  writeNewFile(temporary, Buffer.from(`${JSON.stringify(file, null, 2)}\n`))
  return temporary
}

function readKeyFile(layout: Layout): KeyFile | undefined {
  let text: string
  try {
    text = readFileSync(pathOf(layout), 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const file = JSON.parse(text) as KeyFile
    if (file.format === 1 && Array.isArray(file.keys)) return file
  } catch {
    // Said below.
  }
  throw new KtrdrError('CHECKPOINT_CORRUPT', `${pathOf(layout)} is damaged.`, {
    suggestions: [
      'Restore keys.json from a backup: without it encrypted checkpoints cannot be read.',
    ],
  })
}

const AAD = Buffer.from('ktrdr data key')

function wrapAll(keys: readonly DataKey[], secret: Secret): Wrapped[] {
  const salt = randomBytes(16).toString('base64')
  const by: Wrapped['by'] =
    secret.from === 'key' ? { from: 'key' } : { from: 'passphrase', scrypt: SCRYPT, salt }
  const wrapping = wrappingKey(secret, by)
  return keys.map(({ id, secret: dataKey }) => ({
    id,
    wrapped: Buffer.from(seal(dataKey, wrapping, AAD)).toString('base64'),
    by,
  }))
}

function unwrapAll({ keys }: KeyFile, secret: Secret): DataKey[] {
  const made = new Map<string, Uint8Array>() // scrypt once, not once a key
  return keys.map(({ id, wrapped, by }) => {
    if (by.from !== secret.from)
      throw new KtrdrError('KEY_REQUIRED', `Checkpoints are encrypted with a ${by.from}.`, {
        suggestions: [
          by.from === 'key' ? 'KTRDR_CHECKPOINT_KEY_FILE=FILE' : 'KTRDR_ENCRYPTION_PASSPHRASE=…',
        ],
      })
    const name = JSON.stringify(by)
    const wrapping = made.get(name) ?? wrappingKey(secret, by)
    made.set(name, wrapping)
    const dataKey = unseal(Buffer.from(wrapped, 'base64'), wrapping, AAD)
    if (!dataKey)
      throw new KtrdrError(
        'KEY_REQUIRED',
        `This is not the ${by.from} that checkpoints are encrypted with.`,
      )
    return { id, secret: new Uint8Array(dataKey) }
  })
}

function wrappingKey(secret: Secret, by: Wrapped['by']): Uint8Array {
  if (secret.from === 'key') return secret.key
  invariant(by.from === 'passphrase', 'a passphrase opens what a key has wrapped')
  const { N, r, p } = by.scrypt
  return scryptSync(secret.passphrase, Buffer.from(by.salt, 'base64'), KEY_BYTES, {
    N,
    r,
    p,
    maxmem: SCRYPT_MEMORY,
  })
}

/** 32 bytes as they are, or as hex or base64 text. @throws USAGE */
export function parseKey(bytes: Uint8Array, where: string): Uint8Array {
  if (bytes.length === KEY_BYTES) return new Uint8Array(bytes)
  const text = Buffer.from(bytes).toString('latin1').trim()
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (key.length === KEY_BYTES) return new Uint8Array(key)
  throw new KtrdrError('USAGE', `${where} holds no key of ${KEY_BYTES} bytes.`, {
    suggestions: [`head -c ${KEY_BYTES} /dev/urandom > ktrdr.key`],
  })
}
