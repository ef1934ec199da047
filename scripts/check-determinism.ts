// Trains the table of test/support/determinism-table.ts under the Node that runs this, and compares every bit with
// the committed hashes (test/golden/determinism): node scripts/check-determinism.ts [ENGINE…] [--write]
// One line an engine: how many trainings are alike, which are not, seconds.
import {
  ENGINES,
  hashesBy,
  readCommitted,
  writeCommitted,
  type Committed,
  type EngineName,
} from '../test/support/determinism.ts'

/** @returns names of the trainings that gave other bits */
function differences(actual: Committed['hashes'], expected: Committed['hashes']): string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)])
  return [...names].filter(
    (name) => JSON.stringify(actual[name]) !== JSON.stringify(expected[name]),
  )
}

async function check(engine: EngineName): Promise<void> {
  const began = performance.now()
  const actual = await hashesBy(engine)
  if (actual === null) return console.log(`${engine}: not here`)
  const different = differences(actual, readCommitted().hashes)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const alike = Object.keys(actual).length - different.length
  console.log(`${engine}: ${alike} alike, ${different.length} not, ${seconds} s`)
  for (const name of different) console.log(`  ${name}`)
  if (different.length > 0) process.exitCode = 1
}

const args = new Set(process.argv.slice(2))
const engines = ENGINES.filter((engine) => args.has(engine))
if (args.has('--write')) await writeCommitted()
for (const engine of engines.length > 0 ? engines : ENGINES) await check(engine)
