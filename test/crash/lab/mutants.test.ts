import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../support/program.ts'
import { directoriesOfFile, spawned } from '../../support/spawned.ts'
import { IS_FULL, printFigures } from './mode.ts'
import { MUTANTS, type Mutant } from './mutants.ts'

// Does the laboratory see mistakes? Each mutant is a copy of the sources with one mistake in it, and the experiment that
// has to notice runs on that copy.

const directoryOf = directoriesOfFile()

const PARTS = [
  'bin',
  'commands',
  'examples',
  'scripts',
  'src',
  'test',
  'package.json',
  'tsconfig.json',
]
const CONFIG = `export default { test: { testTimeout: 3_600_000, hookTimeout: 300_000 } }\n`

function mutated({ file, edits }: Mutant): string {
  return edits.reduce(
    (text, [from, to]) => text.replace(from, () => to),
    readFileSync(join(ROOT, file), 'utf8'),
  )
}

function breed(mutant: Mutant): string {
  const directory = join(directoryOf('mutants'), mutant.name.replaceAll(/\W+/g, '-'))
  mkdirSync(directory)
  for (const part of PARTS) cpSync(join(ROOT, part), join(directory, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
  writeFileSync(join(directory, mutant.file), mutated(mutant))
  writeFileSync(join(directory, 'vitest.config.ts'), CONFIG)
  execFileSync(process.execPath, ['scripts/bundle.mjs'], { cwd: directory, stdio: 'pipe' })
  return directory
}

/** What the experiment finds wrong with the mutant; undefined when it finds nothing. */
async function findingOf(mutant: Mutant): Promise<string | undefined> {
  const { file, test, isFull = false } = mutant.noticedBy
  const { KTRDR_LAB: _, ...inherited } = process.env
  const { status, stdout, stderr } = await spawned(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', `test/crash/${file}.test.ts`, '-t', test],
    {
      cwd: breed(mutant),
      env: { ...inherited, NO_COLOR: '1', ...(isFull ? { KTRDR_LAB: 'full' } : {}) },
    },
  )
  if (status === 0) return undefined
  if (!stderr.includes('AssertionError')) throw new Error(`no experiment, but ${stdout}${stderr}`)
  return /^\+ +"(.*?)",?$/m.exec(stderr)?.[1] ?? 'an assertion'
}

describe('a mutant', () => {
  it.each(MUTANTS)('"$name" can be made of today\'s sources', ({ file, edits }) => {
    const text = readFileSync(join(ROOT, file), 'utf8')
    for (const [from] of edits) expect(text.split(from).length - 1, from).toBe(1)
  })

  it.runIf(IS_FULL).each(MUTANTS)('"$name" is noticed', async (mutant) => {
    const finding = await findingOf(mutant)
    printFigures(`mutant "${mutant.name}"`, finding ?? 'NOT NOTICED')
    expect(finding, `by ${mutant.noticedBy.file}`).toBeDefined()
  })
})
