// The equity of a result is read from the file that has it: results of before have it as CSV.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { equityColumns } from '../../src/backtest/equity-columns.ts'
import { equityFile } from '../../src/backtest/equity-file.ts'
import { sha256 } from '../../src/core/hash.ts'
import { resultCurve } from '../../src/report-files.ts'
import { equityTextOf } from '../support/equity-text.ts'
import { tempDir } from '../support/program.ts'
import { simulatedWalk } from '../support/simulated.ts'

const { result, inputs } = simulatedWalk(50, 5)
const file = equityFile(equityColumns(inputs, result))
const csv = new TextEncoder().encode(equityTextOf(result, inputs))

describe('the equity of a result', () => {
  it.each([
    ['equity.safetensors', file],
    ['equity.csv', csv],
  ])('is read from %s', (name, bytes) => {
    const directory = tempDir()
    writeFileSync(join(directory, name), bytes)
    const read = resultCurve('op_x', directory, sha256(bytes), 'WALK')
    expect(read.name).toBe(name)
    expect(read.curve).toEqual({
      length: 50,
      timeMs: inputs.bars.timestampMs,
      equity: result.equity,
      closes: [expect.objectContaining({ symbol: 'WALK', close: inputs.bars.close })],
    })
  })

  it('that is gone or changed is refused by the name of its file', () => {
    const directory = join(tempDir(), 'v1')
    mkdirSync(directory)
    const read = () => resultCurve('op_x', directory, sha256(file), 'WALK')
    expect(read).toThrow(`${join(directory, 'equity.safetensors')} of op_x is gone.`)
    writeFileSync(join(directory, 'equity.safetensors'), file.with(file.length - 1, 1))
    expect(read).toThrow(`${join(directory, 'equity.safetensors')} is not as op_x has written it.`)
  })
})
