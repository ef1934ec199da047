// From settings to keys: what the user holds, and the data keys that it opens.

import { closeSync, openSync, readSync } from 'node:fs'
import { NO_KEYS, type Keys } from './checkpoint/encryption.ts'
import { openKeys, parseKey, type Secret } from './checkpoint/key-file.ts'
import { KtrdrError, systemCode } from './core/errors.ts'
import { explainSystemError } from './core/system-error.ts'
import type { KeySources, Settings } from './settings.ts'

/** What the user holds, from the first source that is given; null = nothing. @throws FILE_NOT_FOUND, USAGE */
export function secretFrom({ keyFile, key, passphrase }: KeySources): Secret | null {
  if (keyFile) return { from: 'key', key: parseKey(readKey(keyFile), keyFile) }
  if (key) return { from: 'key', key: parseKey(Buffer.from(key), 'KTRDR_ENCRYPTION_KEY') }
  return passphrase ? { from: 'passphrase', passphrase } : null
}

/**
 * Keys for what is encrypted already and, when the settings ask for it, for what is to be.
 * @throws KEY_REQUIRED when there is none to encrypt with, or another one
 */
export function openKeysOf({ values, layout, keySources }: Settings): Keys {
  const create = values['checkpoint.encryption'] !== 'none'
  const secret = secretFrom(keySources)
  return create || secret ? openKeys(layout, secret, { create }) : NO_KEYS
}

/** More than a key has bytes, however it is written: a device has no end. */
const MOST_KEY_BYTES = 4096

/** A pipe will do: whoever keeps keys elsewhere hands one over so. */
function readKey(path: string): Uint8Array {
  try {
    const fd = openSync(path, 'r')
    try {
      const bytes = new Uint8Array(MOST_KEY_BYTES)
      let length = 0
      for (let read = -1; read !== 0 && length < bytes.length; length += read)
        read = readSync(fd, bytes, length, bytes.length - length, null)
      return bytes.subarray(0, length)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (systemCode(error) !== 'ENOENT')
      throw explainSystemError(error, `The key file ${path} cannot be read`)
    throw new KtrdrError('FILE_NOT_FOUND', `There is no key file ${path}.`, {
      suggestions: [`head -c 32 /dev/urandom > ${path}`],
    })
  }
}
