// Encryption of packs, off unless asked for. Each store has one data key, random and never shown, which seals its packs
// with AES-256-GCM. The data key lies in `keys.json`, wrapped by a key that the user holds (a file, a variable) or that
// scrypt makes of a passphrase; so another passphrase needs no pack to be written again. A sealed pack is bound to its
// name: it opens under no other. What is compressed is compressed before.
//
// Sealed is what a pack holds, which is then everything but the row of the checkpoint: nothing stands inline. Equal
// parts are found by an HMAC under the data key, so that hashes in the database tell nothing of what was hashed.

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  type CipherGCMTypes,
} from 'node:crypto'
import { KtrdrError } from '../core/errors.ts'
import { encodeSafetensors, metadataOf, placesOfArrays } from '../core/safetensors.ts'
import type { Hash } from './identity.ts'
import { PACK_FORMAT } from './pack.ts'

export const ENCRYPTIONS = ['none', 'aes-256-gcm'] as const
export type Encryption = (typeof ENCRYPTIONS)[number]

export const KEY_BYTES = 32
const CIPHER: CipherGCMTypes = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const SEALED_ARRAY = 'sealed'

export type DataKey = { readonly id: string; readonly secret: Uint8Array }

/** Keys that are at hand; plain data, so that it can be handed to a thread. */
export type Keys = {
  /** Seals what is written; null = nothing is sealed. */
  readonly active: DataKey | null
  readonly all: readonly DataKey[]
}

export const NO_KEYS: Keys = { active: null, all: [] }

/** @param name of the pack, relative to the packs directory: the file opens under no other */
export function sealPack(plain: Uint8Array, name: string, { id, secret }: DataKey): Uint8Array {
  const data = seal(plain, secret, aadOf(name))
  const metadata = {
    ktrdr: JSON.stringify({ format: PACK_FORMAT, sealed: { cipher: CIPHER, keyId: id } }),
  }
  const array = { name: SEALED_ARRAY, dtype: 'U8', shape: [data.length], data } as const
  return encodeSafetensors({ metadata, arrays: [array] })
}

/**
 * The pack that was sealed, or the file itself when it is none.
 * @throws KEY_REQUIRED without its key; CHECKPOINT_CORRUPT when it is not what was sealed under this name
 */
export function unsealPack(file: Uint8Array, name: string, keys: Keys): Uint8Array {
  const keyId = keyIdOf(file)
  if (keyId === null) return file
  const key = keys.all.find(({ id }) => id === keyId)
  if (!key)
    throw new KtrdrError('KEY_REQUIRED', `${name} is encrypted, and its key is not at hand.`, {
      suggestions: ['KTRDR_ENCRYPTION_PASSPHRASE=…', 'KTRDR_CHECKPOINT_KEY_FILE=FILE'],
    })
  const { offset = 0, length = 0 } = placesOfArrays(file).get(SEALED_ARRAY) ?? {}
  const plain = unseal(file.subarray(offset, offset + length), key.secret, aadOf(name))
  if (plain) return plain
  throw new KtrdrError('CHECKPOINT_CORRUPT', `${name} is not what was encrypted under this name.`)
}

/** Of a sealed pack; null when it is not sealed. */
export function keyIdOf(file: Uint8Array): string | null {
  try {
    const manifest = JSON.parse(metadataOf(file)['ktrdr'] ?? 'null') as {
      readonly sealed?: { readonly keyId?: unknown }
    } | null
    const keyId = manifest?.sealed?.keyId
    return typeof keyId === 'string' ? keyId : null
  } catch {
    return null // no pack of ours: whoever reads it says so
  }
}

function aadOf(name: string): Uint8Array {
  return Buffer.from(`ktrdr pack ${PACK_FORMAT} ${name}`)
}

/** Nonce, ciphertext and tag in one. A key seals far less than the 2^32 messages that random nonces allow. */
export function seal(plain: Uint8Array, secret: Uint8Array, aad: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, secret, nonce).setAAD(aad)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** undefined when it is not what was sealed, or was sealed with another key. */
export function unseal(
  sealed: Uint8Array,
  secret: Uint8Array,
  aad: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined
  const tagAt = sealed.length - TAG_BYTES
  const decipher = createDecipheriv(CIPHER, secret, sealed.subarray(0, NONCE_BYTES))
    .setAAD(aad)
    .setAuthTag(sealed.subarray(tagAt))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagAt)), decipher.final()])
  } catch {
    return undefined
  }
}

/** A hash that only who has the data key can compute. */
export function keyedHash({ secret }: DataKey): Hash {
  const identityKey = Buffer.from(hkdfSync('sha256', secret, '', 'ktrdr identity', KEY_BYTES))
  return (...parts) => {
    const hmac = createHmac('sha256', identityKey)
    for (const part of parts) hmac.update(part)
    return hmac.digest('hex')
  }
}
