import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exactJson, sha256 } from '../../../src/core/hash.ts'
import { KtrdrError } from '../../../src/core/errors.ts'
import { featureIds } from '../../../src/features/feature-plan.ts'
import { findStrategy, loadAnyStrategy, loadStrategy } from '../../../src/strategy/load-strategy.ts'
import { SAMPLE } from './sample.ts'

let folder = ''
let path = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktrdr-strategy-'))
  path = join(folder, 'sample.yaml')
  writeFileSync(path, SAMPLE)
  writeFileSync(join(folder, 'momentum.yml'), SAMPLE)
  mkdirSync(join(folder, 'folder.yaml'))
})

afterAll(() => rmSync(folder, { recursive: true }))

function failure(action: () => unknown): KtrdrError {
  try {
    action()
  } catch (error) {
    if (error instanceof KtrdrError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('loadStrategy', () => {
  it('gives the strategy and its text', () => {
    const loaded = loadStrategy(path)
    expect(loaded.strategy.name, 'the strategy').toBe('sample')
    expect(loaded.text, 'the text as it is').toBe(SAMPLE)
    expect(loaded.warnings, 'no warnings').toEqual([])
  })

  it('keeps a byte order mark in the text, so that the text has the hash of the file', () => {
    const marked = join(folder, 'marked.yaml')
    writeFileSync(marked, `\uFEFF${SAMPLE.replace('name: sample', 'name: marked')}`)
    const loaded = loadStrategy(marked)
    expect(sha256(loaded.text), 'the text is the file').toBe(sha256(readFileSync(marked)))
  })

  it.each([
    ['more than 1 MiB', Buffer.alloc((1 << 20) + 1, 'x'), 'is larger than 1 MiB'],
    [
      'UTF-16',
      Buffer.from(SAMPLE, 'utf16le'),
      'holds the control character U+0000; a strategy is a text file in UTF-8',
    ],
    ['Latin-1', Buffer.from('name: café\n', 'latin1'), 'is not UTF-8 text; save it as UTF-8'],
  ])('refuses %s', (_, bytes, message) => {
    const file = join(folder, 'odd.yaml')
    writeFileSync(file, bytes)
    const error = failure(() => loadStrategy(file))
    expect(error.code, 'code').toBe('STRATEGY_INVALID')
    expect(error.message.startsWith(`${file}:1:`), 'the place').toBe(true)
    expect(error.message.endsWith(`: ${message}`), 'what is wrong').toBe(true)
  })

  it('refuses a folder', () => {
    expect(failure(() => loadStrategy(join(folder, 'folder.yaml'))).message, 'one line').toContain(
      'folder.yaml:1:1: is not a file',
    )
  })

  it('says which file is not there, and which one was perhaps meant', () => {
    const error = failure(() => loadStrategy(join(folder, 'smaple.yaml')))
    expect(error.code, 'code').toBe('FILE_NOT_FOUND')
    expect(error.exitCode, 'exit code').toBe(4)
    expect(error.message, 'one sentence').toBe(
      `Strategy file not found: smaple.yaml (searched: ${folder}); did you mean "sample"?`,
    )
    expect(error.suggestions, 'what to type next').toEqual([`ktrdr validate ${path}`])
  })
})

describe('findStrategy', () => {
  it('takes a path as it is, and looks a name up in the folders in turn, .yaml and .yml', () => {
    const folders = [join(folder, 'absent'), folder]
    expect(findStrategy(path, []), 'a path').toBe(path)
    expect(findStrategy('sample', folders), 'a name').toBe(path)
    expect(findStrategy('momentum', folders), 'another ending').toBe(join(folder, 'momentum.yml'))
  })

  it.each([
    ['momentun', 'momentun.yaml', '; did you mean "momentum"?'],
    ['quantum', 'quantum.yaml', ''],
    ['folder', 'folder.yaml', ''],
    ['', '.yaml', ''],
    ['..', '...yaml', ''],
    ['sam ple', 'sam ple.yaml', '; did you mean "sample"?'],
  ])('a name that there is not, %j, is told with the nearest there is', (name, file, question) => {
    const error = failure(() => findStrategy(name, ['strategies', folder]))
    expect(error.code, 'code').toBe('FILE_NOT_FOUND')
    expect(error.message, 'one sentence').toBe(
      `Strategy file not found: ${file} (searched: strategies, ${folder})${question}`,
    )
  })

  it('searches for a path where the path says', () => {
    expect(
      failure(() => findStrategy(join(folder, 'x', 'sample.yaml'), [folder])).message,
      'its folder',
    ).toBe(`Strategy file not found: sample.yaml (searched: ${join(folder, 'x')})`)
  })
})

/** Hashes of training, of decisions and of all else, as the first version resolved them. */
const PULLBACK = [
  '335b84ae535c0105fb761df1dfbd4edbd7768f034aae7f4aa4e0659eaac41bb2',
  'dcee8f62d89c6350ae6ab99dea9747ce0c813fd1b7b9a46c801ec10c5881a51f',
  '8560e89b133f99d18cbff933898fa6206bf3687400b2636defada6b8163db5f6',
]
const FORWARD_RETURN = [
  '658bb5805cee897f2fdea68607c6a40b58f7bc916e06a16df184f2f76de80422',
  '6a2356cffd292ba7802e6e64952777cfe876a93ce4dcd113475debb99c10d8b3',
  'd11280669486b721d6ec7111421d4d4d0a9dea8d5599452eca5c635b417abf59',
]

describe('the examples', () => {
  const examples = fileURLToPath(new URL('../../../examples/strategies/', import.meta.url))
  const load = (name: string) => loadStrategy(join(examples, `${name}.yaml`))

  it.each(readdirSync(examples))('%s is sound, without a warning', (name) => {
    expect(loadAnyStrategy(join(examples, name)).warnings, 'none').toEqual([])
  })

  it.each([
    ['lstm-triple-barrier', { model: { type: 'lstm' }, labels: 'triple_barrier' }],
    ['gru-multi-timeframe', { model: { type: 'gru' }, labels: 'zigzag' }],
    ['multi-symbol-returns', { model: { type: 'mlp' }, labels: 'forward_return' }],
    ['regime', { model: { type: 'mlp' }, labels: 'regime' }],
    ['context', { model: { type: 'mlp' }, labels: 'context' }],
    ['hybrid-raw-inputs', { model: { type: 'mlp' }, labels: 'zigzag' }],
  ])('%s is an example of what its name says', (name, { model, labels }) => {
    const { strategy } = load(name)
    expect(strategy, 'network and labels').toMatchObject({
      model,
      training: { labels: { source: labels } },
    })
    expect(strategy.symbols.length > 1, 'several symbols').toBe(name.startsWith('multi-symbol'))
    expect(strategy.timeframes.length > 1, 'several timeframes').toBe(
      name.endsWith('multi-timeframe'),
    )
  })

  it.each([
    ['pullback', PULLBACK],
    ['forward-return', FORWARD_RETURN],
  ])('%s has the settings that models and checkpoints were made with', (name, hashes) => {
    const { training, decisions, ...rest } = load(name).strategy
    expect(
      [training, decisions, rest].map((settings) => sha256(exactJson(settings))),
      'bit for bit',
    ).toEqual(hashes)
  })

  it('pullback is sound and has 13 inputs', () => {
    const { strategy, warnings } = load('pullback')
    expect(warnings, 'no warnings').toEqual([])
    expect(featureIds(strategy), 'inputs').toHaveLength(13)
    expect(strategy, 'what it is an example of').toMatchObject({
      symbols: ['SP500'],
      baseTimeframe: '1d',
      model: { hiddenLayers: [32, 16], activation: 'tanh', dropout: 0.1 },
      decisions: {
        outputFormat: 'classification',
        confidenceThreshold: 0.45,
        allowShortFromFlat: true,
      },
      training: { labels: { source: 'zigzag', threshold: 0.04 }, epochs: 60, batchSize: 64 },
    })
  })

  it('forward-return is sound and has 7 inputs', () => {
    const { strategy, warnings } = load('forward-return')
    expect(warnings, 'no warnings').toEqual([])
    expect(featureIds(strategy), 'inputs').toHaveLength(7)
    expect(strategy, 'what it is an example of').toMatchObject({
      decisions: { outputFormat: 'regression', roundTripCost: 0.002, minEdgeMultiplier: 1.5 },
      training: { labels: { source: 'forward_return', horizon: 5 }, loss: { kind: 'huber' } },
    })
  })
})
