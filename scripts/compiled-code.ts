// The code that V8 has made of the parts, the same bytes in each build. Two things are left to chance in what V8 writes: bits
// that say which function the faster compilers have seen, which depends on when; and four bytes of each function that stay as
// they were in memory, zeros until garbage was collected. So the runs that make it know no other compiler, and have so much
// room that nothing is ever collected.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const RECORDING_FLAGS = [
  '--random-seed=1',
  '--no-sparkplug',
  '--no-maglev',
  '--no-turbofan',
  '--min-semi-space-size=256',
  '--max-semi-space-size=256',
  '--initial-heap-size=2000',
]

/** Where a hash of V8's flags stands: code that was made under others is not taken. None of these changes what code means. */
const FLAGS_HASH = { offset: 12, length: 4 }

/**
 * Says of recorded code that it was made under the usual flags.
 * @throws when a Node does not take it so
 */
export function makeUsual(script: string, code: string, env: NodeJS.ProcessEnv): void {
  const node = (program: string): string =>
    execFileSync(process.execPath, ['-e', program, script, code], { env, encoding: 'utf8' })
  const usual = node(`process.stdout.write(new vm.Script('').createCachedData().toString('hex'))`)
  const bytes = readFileSync(code)
  const { offset, length } = FLAGS_HASH
  bytes.set(Buffer.from(usual, 'hex').subarray(offset, offset + length), offset)
  writeFileSync(code, bytes)
  const isTaken = node(`const [, script, code] = process.argv
    const { wrapped } = require(${JSON.stringify(fileURLToPath(import.meta.resolve('./load-part.cjs')))})
    const cachedData = fs.readFileSync(code)
    process.stdout.write(String(!new vm.Script(wrapped(fs.readFileSync(script, 'utf8')), { cachedData }).cachedDataRejected))`)
  if (isTaken !== 'true') throw new Error(`V8 does not take ${code}`)
}
