import { describe, expect, it } from 'vitest'
import { ACTIVATIONS, ARITHMETIC } from '../../src/neural/network.ts'
import { ENGINES, hashesBy, readCommitted } from '../support/determinism.ts'
import { nameOf, TABLE, type Row } from '../support/determinism-table.ts'
import { LOSSES, OPTIMIZERS } from '../support/trainings.ts'

// Reference: hashes of the reference engine, committed in test/golden/determinism, wherever they were made.

const committed = readCommitted()

describe('200 steps of each training of the table give the committed bits', () => {
  // The narrow tile comes first: wide SIMD cannot be switched off again.
  it.each(ENGINES)('on the engine %s', async (engine) => {
    const hashes = await hashesBy(engine)
    if (hashes) expect(hashes).toEqual(committed.hashes)
    else expect(engine, 'the only engines that a machine may lack').toMatch(/^wide/)
  })
})

describe('the committed hashes', () => {
  it('are of this arithmetic, of every training of the table and of no other', () => {
    expect(committed.arithmetic).toBe(ARITHMETIC)
    expect(committed.steps).toBe(200)
    expect(Object.keys(committed.hashes)).toEqual(TABLE.map(nameOf))
  })

  it('are all different: each training, and each thing that is hashed of it, has bits of its own', () => {
    const all = Object.values(committed.hashes).flatMap((hashes) => Object.values(hashes))
    expect(new Set(all).size).toBe(all.length)
    expect(all.length).toBe(3 * TABLE.length)
  })
})

describe('the table', () => {
  it('has every loss, optimizer, clipping and raggedness for every kind of network', () => {
    const wanted = cross(
      ['mlp', 'lstm', 'gru'],
      [
        ...LOSSES.map(({ kind }) => kind),
        ...OPTIMIZERS.map(({ kind }) => kind),
        'clipped',
        'not clipped',
        'weighs nothing',
        'weighs samples',
        'weighs classes',
        'weighs both',
        'batch of one',
        'ragged batch',
        'large batch',
        'scattered',
        'not scattered',
      ],
    )
    expect(missing(wanted, factsOf)).toEqual([])
  })

  it('has every activation and every number of layers with and without dropout', () => {
    const wanted = [
      ...cross(['mlp'], ACTIVATIONS, ['dropout', 'no dropout']),
      ...cross(['lstm', 'gru'], ['1', '2', '3'], ['dropout', 'no dropout']),
    ]
    expect(missing(wanted, shapeOf)).toEqual([])
  })
})

function missing(wanted: readonly string[], of: (row: Row) => readonly string[]): string[] {
  const found = new Set(TABLE.flatMap(of))
  return wanted.filter((fact) => !found.has(fact))
}

function cross(...lists: readonly (readonly string[])[]): string[] {
  return lists.reduce<string[]>(
    (all, list) => all.flatMap((head) => list.map((item) => `${head} ${item}`.trim())),
    [''],
  )
}

function factsOf({ shape, loss, optimizer, batch, clipNorm, weighs, isScattered }: Row): string[] {
  const [size, of] = batch
  const block = shape.kind === 'mlp' ? 64 : 32 // rows that the kernel takes through all layers at once
  return cross(
    [shape.kind],
    [
      loss.kind,
      optimizer.kind,
      clipNorm === undefined ? 'not clipped' : 'clipped',
      `weighs ${weighs ?? 'nothing'}`,
      ...(size === 1 ? ['batch of one'] : []),
      ...(of % size > 0 ? ['ragged batch'] : []),
      ...(size > 3 * block ? ['large batch'] : []),
      isScattered ? 'scattered' : 'not scattered',
    ],
  )
}

function shapeOf({ shape }: Row): string[] {
  const what = shape.kind === 'mlp' ? shape.activation : String(shape.layerCount)
  return cross([shape.kind], [what], [shape.dropout > 0 ? 'dropout' : 'no dropout'])
}
