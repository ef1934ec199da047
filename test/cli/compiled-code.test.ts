import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeUsual } from '../../scripts/compiled-code.ts'
import { RECORDED } from '../../scripts/parts.ts'
import { ROOT, tempDir } from '../support/program.ts'

const BUNDLE = join(ROOT, 'dist', 'bundle')
const ENV = { PATH: process.env['PATH'] ?? '' }
const IS_TAKEN = `const { wrapped } = require(process.argv[3])
  const [source, cachedData] = [fs.readFileSync(process.argv[1], 'utf8'), fs.readFileSync(process.argv[2])]
  console.log(!new vm.Script(wrapped(source), { cachedData }).cachedDataRejected)`

/** Whether a Node with these flags takes the code, or compiles again. */
function isTaken(part: string, code: string, ...flags: string[]): boolean {
  const [script, loader] = [join(BUNDLE, `${part}.cjs`), join(ROOT, 'scripts', 'load-part.cjs')]
  const args = [...flags, '-e', IS_TAKEN, script, code, loader]
  return execFileSync(process.execPath, args, { env: ENV, encoding: 'utf8' }) === 'true\n'
}

it.each(['ktrdr.cjs', 'worker.cjs'])(
  '%s holds nothing that only some processes or threads need',
  (entry) => expect(statSync(join(BUNDLE, entry)).size).toBeLessThan(16 * 1024),
)

describe('the compiled code of a part', () => {
  it.each(RECORDED)('is taken by the Node that it was made for: %s', (part) => {
    expect(isTaken(part, join(BUNDLE, `${part}.cjs.code`))).toBe(true)
    expect(isTaken(part, join(BUNDLE, `${part}.cjs.code`), '--no-opt')).toBe(false)
  })

  it('is refused at the build when V8 would not take it', () => {
    const code = join(tempDir(), 'cli.cjs.code')
    cpSync(join(BUNDLE, 'cli.cjs.code'), code)
    const script = join(BUNDLE, 'cli.cjs')
    makeUsual(script, code, ENV)
    expect(readFileSync(code), 'it is as usual already').toEqual(
      readFileSync(join(BUNDLE, 'cli.cjs.code')),
    )
    const bytes = readFileSync(code)
    bytes[8]! ^= 1 // of another source
    writeFileSync(code, bytes)
    expect(() => makeUsual(script, code, ENV)).toThrow(`V8 does not take ${code}`)
  })
})
