import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportCheckpoint } from '../../../src/checkpoint/export-checkpoint.ts'
import { writeCheckpoint } from '../../../src/checkpoint/write-checkpoint.ts'
import { decodeSafetensors } from '../../../src/core/safetensors.ts'
import { takeApart } from '../../../src/core/snapshot.ts'
import { listCheckpoints } from '../../../src/store/checkpoint-table.ts'
import {
  CREATED_AT_MS,
  ID,
  saveContext,
  saveOf,
  startOne,
  tempStore,
} from '../../support/temp-store.ts'

function saved() {
  const store = tempStore()
  startOne(store.db)
  const state = {
    epoch: 3,
    model: { layers: { tensor: Float32Array.of(1.5, -0, 3e-40, 4), shape: [2, 2] } },
    counts: Uint32Array.of(7, 4_000_000_000),
    equity: { column: Float64Array.of(100, 1 / 3, 0), length: 2 },
    trades: [{ pnl: 0.1 }],
  }
  const snapshot = takeApart(state, { appendOnly: ['trades'] })
  writeCheckpoint(saveContext(store), saveOf(1, { snapshot }), CREATED_AT_MS)
  const [row] = listCheckpoints(store.db, ID)
  return { store, row: row!, path: (name: string) => join(store.layout.root, 'out', name) }
}

/** The format as its specification has it, by nothing but Python's standard library. */
const READER = `
import json, struct, sys
def read(path):
    file = open(path, 'rb').read()
    n, = struct.unpack('<Q', file[:8])
    header = json.loads(file[8:8 + n])
    header.pop('__metadata__', None)
    kinds = {'F64': 'd', 'F32': 'f', 'I32': 'i', 'U32': 'I', 'U8': 'B'}
    arrays = {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        size = struct.calcsize(kinds[entry['dtype']])
        values = struct.unpack('<%d%s' % ((end - begin) // size, kinds[entry['dtype']]), file[8 + n + begin:8 + n + end])
        arrays[name] = [entry['dtype'], entry['shape'], list(values)]
    return arrays
print(json.dumps({path.split('/')[-1]: read(path) for path in sys.argv[1:]}))
`

describe('an export', () => {
  it('is plain safetensors and JSON, with the very numbers, which Python reads', () => {
    const { store, row, path } = saved()
    const bytes = exportCheckpoint(store, row, path('a'))
    const names = readdirSync(path('a')).toSorted()
    expect(names).toEqual([
      'checkpoint.json',
      'counts.safetensors',
      'equity.safetensors',
      'model.safetensors',
    ])
    expect(bytes).toBe(names.reduce((sum, name) => sum + readFileSync(path(`a/${name}`)).length, 0))
    const files = names.slice(1).map((name) => path(`a/${name}`))
    const read = JSON.parse(execFileSync('python3', ['-c', READER, ...files], { encoding: 'utf8' }))
    expect(read).toEqual({
      'counts.safetensors': { counts: ['U32', [2], [7, 4_000_000_000]] },
      'equity.safetensors': { equity: ['F64', [2], [100, 1 / 3]] },
      'model.safetensors': { layers: ['F32', [2, 2], [1.5, -0, Math.fround(3e-40), 4]] },
    })
    const document = JSON.parse(readFileSync(path('a/checkpoint.json'), 'utf8'))
    expect(document).toMatchObject({
      operation: { operationId: ID, type: 'training' },
      checkpoint: { seq: 1, type: 'periodic' },
      stateVersion: 1,
      state: { epoch: 3, trades: [{ pnl: 0.1 }], model: { layers: { $tensor: 'model.layers' } } },
    })
  })

  it('is one file when its name says so, by whole names', () => {
    const { store, row, path } = saved()
    exportCheckpoint(store, row, path('all.safetensors'))
    const { arrays, metadata } = decodeSafetensors(readFileSync(path('all.safetensors')))
    expect(arrays.map(({ name }) => name).toSorted()).toEqual(['counts', 'equity', 'model.layers'])
    expect(JSON.parse(metadata['checkpoint']!)).toMatchObject({ checkpoint: { seq: 1 } })
    expect(readdirSync(path('.'))).toEqual(['all.safetensors'])
  })

  it('takes the place of nothing, not even of a dangling link', () => {
    const { store, row, path } = saved()
    mkdirSync(path('there'), { recursive: true })
    symlinkSync('nowhere', path('link'))
    for (const name of ['there', 'link'])
      expect(() => exportCheckpoint(store, row, path(name))).toThrow(
        expect.objectContaining({ code: 'USAGE', exitCode: 2 }),
      )
    expect(readdirSync(path('.')).toSorted(), 'and leaves nothing behind').toEqual([
      'link',
      'there',
    ])
  })
})
