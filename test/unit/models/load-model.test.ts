import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/core/hash.ts'
import { encodeSafetensors } from '../../../src/core/safetensors.ts'
import { inspectFiles, loadModel, readManifest } from '../../../src/models/load-model.ts'
import { MANIFEST, publishModel, STRATEGY_TEXT, WEIGHTS } from '../../support/temp-model.ts'
import { flipByte, startOne, tempStore } from '../../support/temp-store.ts'

function published(): { directory: string; sha256: string } {
  const store = tempStore()
  startOne(store.db)
  return publishModel(store)
}

/** Changes the manifest on disk. */
function rewriteManifest(directory: string, change: (manifest: object) => unknown): void {
  const path = join(directory, 'manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as object
  writeFileSync(path, JSON.stringify(change(manifest)))
}

describe('a published model', () => {
  it('loads as it was trained: weights bit for bit, strategy, manifest, and its identity', () => {
    const { directory, sha256: identity } = published()
    const model = loadModel(directory)
    expect(model.weights).toStrictEqual(WEIGHTS)
    expect(model.strategyText).toBe(STRATEGY_TEXT)
    expect(model.manifest).toMatchObject(MANIFEST)
    expect(model.sha256).toBe(identity)
  })

  it('in the place of the one that was registered is refused', () => {
    const store = tempStore()
    startOne(store.db)
    const { directory, sha256: identity } = publishModel(store)
    expect(loadModel(directory, identity).sha256).toBe(identity)
    const other = publishModel(store, { seed: 43 })
    expect(() => loadModel(directory, other.sha256)).toThrow(
      expect.objectContaining({
        code: 'MODEL_CORRUPT',
        message: expect.stringContaining('is not that of the model that was put there'),
      }),
    )
  })
})

const FILES = ['model.safetensors', 'strategy.yaml'] as const

describe.each(FILES)('a model whose %s', (name) => {
  it.each([
    ['has a flipped bit', (path: string) => flipByte(path, 9), 'is not the file of the training'],
    ['is cut', (path: string) => truncateSync(path, 10), 'is not the file of the training'],
    ['is empty', (path: string) => truncateSync(path, 0), 'is not the file of the training'],
    ['is gone', (path: string) => rmSync(path), 'cannot be read (ENOENT)'],
  ])('%s is damaged, and says which file', (_, harm, what) => {
    const { directory } = published()
    harm(join(directory, name))
    expect(() => loadModel(directory)).toThrow(
      expect.objectContaining({
        code: 'MODEL_CORRUPT',
        exitCode: 6,
        message: `The model in ${directory} is damaged: ${name} ${what}.`,
        suggestions: ['Train it again.'],
      }),
    )
  })

  it('is not in the manifest is damaged', () => {
    const { directory } = published()
    rewriteManifest(directory, (manifest) => ({ ...manifest, files: {} }))
    expect(() => loadModel(directory)).toThrow('is not the file of the training')
  })
})

describe('the files of a model', () => {
  const damages = (directory: string): Record<string, string | null> => {
    const files = inspectFiles(directory, readManifest(directory).manifest)
    return Object.fromEntries(files.map(({ name, damage }) => [name, damage]))
  }

  it('are each compared with what the training has written', () => {
    const { directory } = published()
    flipByte(join(directory, 'model.safetensors'), 9)
    rmSync(join(directory, 'provenance.json'))
    expect(damages(directory)).toEqual({
      'model.safetensors': 'not the file of the training',
      'strategy.yaml': null,
      'metrics.json': null,
      'manifest.json': null,
      'provenance.json': 'gone',
    })
  })

  it('lie in its directory: a name that leads out of it is not followed', () => {
    const { directory } = published()
    const outside = '../v1/strategy.yaml'
    const hash = sha256(STRATEGY_TEXT)
    rewriteManifest(directory, (manifest) => ({ ...manifest, files: { [outside]: hash } }))
    expect(damages(directory)[outside]).toBe('not a file of the model')
  })
})

describe('a manifest', () => {
  it.each([
    ['is cut', '{"format":1,'],
    ['is empty', ''],
    ['is null', 'null'],
    ['is a list', '[]'],
    ['is a number', '7'],
    ['is of something else', '{"format":1,"kind":"backtest"}'],
    ['lacks its files', JSON.stringify(MANIFEST)],
  ])('that %s is damaged, and says so', (_, text) => {
    const { directory } = published()
    writeFileSync(join(directory, 'manifest.json'), text)
    expect(() => loadModel(directory)).toThrow(
      expect.objectContaining({
        code: 'MODEL_CORRUPT',
        message: expect.stringMatching(/damaged: manifest\.json is (not JSON|incomplete)\.$/),
      }),
    )
  })

  it('that is gone means that there is no model', () => {
    const { directory } = published()
    rmSync(join(directory, 'manifest.json'))
    expect(() => loadModel(directory)).toThrow(
      expect.objectContaining({ code: 'MODEL_NOT_FOUND', exitCode: 4 }),
    )
  })

  it('of a newer ktrdr is refused as such', () => {
    const { directory } = published()
    rewriteManifest(directory, (manifest) => ({ ...manifest, format: 2 }))
    expect(() => loadModel(directory)).toThrow(
      expect.objectContaining({ code: 'FORMAT_TOO_NEW', exitCode: 6 }),
    )
  })
})

describe('weights that the manifest vouches for', () => {
  /** A model whose weights were exchanged by somebody who knows how to. */
  function exchanged(file: Uint8Array): string {
    const { directory } = published()
    writeFileSync(join(directory, 'model.safetensors'), file)
    rewriteManifest(directory, (manifest) => ({
      ...manifest,
      files: { 'model.safetensors': sha256(file), 'strategy.yaml': sha256(STRATEGY_TEXT) },
    }))
    return directory
  }

  it('are refused all the same when they are not float32', () => {
    const arrays = [{ name: 'w', dtype: 'F64' as const, shape: [1], data: Float64Array.of(1) }]
    const directory = exchanged(encodeSafetensors({ metadata: {}, arrays }))
    expect(() => loadModel(directory)).toThrow(
      expect.objectContaining({
        code: 'MODEL_CORRUPT',
        message: `The model in ${directory} is damaged: w is not float32.`,
      }),
    )
  })

  // Today it is a damaged checkpoint, of no file: the message does not say which model.
  it('are refused as those of a damaged model when they are no tensors', () => {
    const directory = exchanged(new TextEncoder().encode('hello, world'))
    expect(() => loadModel(directory)).toThrow(
      expect.objectContaining({
        code: 'MODEL_CORRUPT',
        message: expect.stringContaining(`The model in ${directory} is damaged`),
      }),
    )
  })
})
