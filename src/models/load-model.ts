// Loading a model bundle. Every file is checked against the manifest before it is used.

import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { decodeSafetensors, type SafetensorsFile } from '../core/safetensors.ts'
import type { Tensor } from '../core/snapshot.ts'
import {
  MANIFEST_FILE,
  MODEL_FORMAT,
  PROVENANCE_FILE,
  STRATEGY_FILE,
  WEIGHTS_FILE,
  type ModelManifest,
} from './model.ts'

export type Model = {
  readonly directory: string
  readonly manifest: ModelManifest
  /** Identifies the model: the hash of its manifest, which holds the hashes of its files. */
  readonly sha256: string
  readonly strategyText: string
  readonly weights: Readonly<Record<string, Tensor>>
}

/**
 * @param expected hash of the manifest as it was registered; null = unknown
 * @throws MODEL_NOT_FOUND, MODEL_CORRUPT, FORMAT_TOO_NEW
 */
export function loadModel(directory: string, expected: string | null = null): Model {
  const { manifest, sha256: identity } = readManifest(directory, expected)
  return {
    directory,
    manifest,
    sha256: identity,
    strategyText: readModelText(directory, manifest, STRATEGY_FILE),
    weights: decodeWeights(directory, readModelFile(directory, manifest, WEIGHTS_FILE)),
  }
}

/**
 * The manifest alone, and its hash.
 * @throws as `loadModel`
 */
export function readManifest(
  directory: string,
  expected: string | null = null,
): { readonly manifest: ManifestOnDisk; readonly sha256: string } {
  const bytes = readOrNotFound(directory)
  const identity = sha256(bytes)
  if (expected !== null && identity !== expected)
    throw modelCorrupt(directory, `${MANIFEST_FILE} is not that of the model that was put there`)
  return { manifest: parseManifest(directory, bytes), sha256: identity }
}

/** A file of the manifest. @throws MODEL_CORRUPT unless it is the one that was written */
export function readModelFile(
  directory: string,
  manifest: ManifestOnDisk,
  name: string,
): Uint8Array {
  let bytes: Uint8Array
  try {
    bytes = readRegularFile(join(directory, name))
  } catch (error) {
    throw modelCorrupt(directory, `${name} cannot be read (${systemCode(error)})`)
  }
  if (sha256(bytes) !== manifest.files[name])
    throw modelCorrupt(directory, `${name} is not the file of the training`)
  return bytes
}

/** Every file that belongs to the model, whether it is there and as it was written. */
export function inspectFiles(directory: string, { files }: ManifestOnDisk): ModelFile[] {
  const hashed = Object.entries(files).map(([name, expected]): ModelFile => {
    if (basename(name) !== name)
      return { name, sizeBytes: 0, sha256: expected, damage: 'not a file of the model' }
    const { sizeBytes, bytes } = measure(join(directory, name))
    if (bytes === undefined) return { name, sizeBytes, sha256: expected, damage: 'gone' }
    const damage = sha256(bytes) === expected ? null : 'not the file of the training'
    return { name, sizeBytes, sha256: expected, damage }
  })
  const others = [MANIFEST_FILE, PROVENANCE_FILE].map((name): ModelFile => {
    const { sizeBytes, bytes } = measure(join(directory, name))
    return { name, sizeBytes, sha256: null, damage: bytes === undefined ? 'gone' : null }
  })
  return [...hashed, ...others]
}

function measure(path: string): { sizeBytes: number; bytes: Uint8Array | undefined } {
  try {
    const bytes = readRegularFile(path)
    return { sizeBytes: bytes.length, bytes }
  } catch {
    return { sizeBytes: 0, bytes: undefined }
  }
}

export function readModelText(directory: string, manifest: ManifestOnDisk, name: string): string {
  return new TextDecoder().decode(readModelFile(directory, manifest, name))
}

/** A pipe would wait for its writer, and a device has no end. */
function readRegularFile(path: string): Uint8Array {
  if (!statSync(path).isFile())
    throw Object.assign(new Error(path), { code: 'it is no regular file' })
  return readFileSync(path)
}

function readOrNotFound(directory: string): Uint8Array {
  try {
    return readRegularFile(join(directory, MANIFEST_FILE))
  } catch (error) {
    throw new KtrdrError('MODEL_NOT_FOUND', `There is no model in ${directory}.`, {
      suggestions: ['ktrdr train STRATEGY --data FILE'],
      cause: error,
    })
  }
}

export type ModelFile = {
  readonly name: string
  readonly sizeBytes: number
  /** As the manifest has it; null for what no manifest can vouch for. */
  readonly sha256: string | null
  readonly damage: string | null
}

/** With the SHA-256 of each file. */
export type ManifestOnDisk = ModelManifest & {
  readonly files: Readonly<Record<string, string>>
}

function parseManifest(directory: string, bytes: Uint8Array): ManifestOnDisk {
  let manifest: Partial<ManifestOnDisk>
  try {
    manifest = (JSON.parse(new TextDecoder().decode(bytes)) ?? {}) as Partial<ManifestOnDisk>
  } catch {
    throw modelCorrupt(directory, `${MANIFEST_FILE} is not JSON`)
  }
  if (typeof manifest.format === 'number' && manifest.format > MODEL_FORMAT)
    throw new KtrdrError(
      'FORMAT_TOO_NEW',
      `The model in ${directory} has format ${manifest.format}; this ktrdr knows ${MODEL_FORMAT}.`,
    )
  if (manifest.kind !== 'model' || !manifest.files || !manifest.network || !manifest.features)
    throw modelCorrupt(directory, `${MANIFEST_FILE} is incomplete`)
  return manifest as ManifestOnDisk
}

function decodeWeights(directory: string, bytes: Uint8Array): Record<string, Tensor> {
  let file: SafetensorsFile
  try {
    file = decodeSafetensors(bytes)
  } catch (error) {
    throw modelCorrupt(directory, `${WEIGHTS_FILE} holds no tensors`, error)
  }
  return Object.fromEntries(
    file.arrays.map(({ name, shape, data }) => {
      if (!(data instanceof Float32Array)) throw modelCorrupt(directory, `${name} is not float32`)
      return [name, { tensor: data, shape }]
    }),
  )
}

/** A bundle that is not what a training has written. */
export function modelCorrupt(directory: string, what: string, cause?: unknown): KtrdrError {
  return new KtrdrError('MODEL_CORRUPT', `The model in ${directory} is damaged: ${what}.`, {
    suggestions: ['Train it again.'],
    cause,
  })
}
