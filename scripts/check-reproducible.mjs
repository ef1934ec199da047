// Builds the executable and all that lies beside it twice, from copies of the sources in two places, and compares every
// byte: npm run reproducible
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const NEEDED = [
  'bin',
  'commands',
  'examples',
  'scripts',
  'src',
  'package.json',
  'package-lock.json',
]
const PLACES = ['one', 'another place, with a longer name']

const root = mkdtempSync(join(tmpdir(), 'ktrdr-builds-'))
try {
  const [one, other] = PLACES.map((place) => build(join(root, place)))
  const names = [...new Set([...one.keys(), ...other.keys()])].toSorted()
  const different = names.filter((name) => one.get(name) !== other.get(name))
  for (const name of names) console.log(`${one.get(name)?.slice(0, 16) ?? '(missing)'}  ${name}`)
  console.log(
    different.length === 0
      ? `${names.length} files, the same in both builds`
      : `Not the same in both builds: ${different.join(', ')}`,
  )
  if (different.length > 0) process.exitCode = 1
} finally {
  rmSync(root, { recursive: true })
}

/** SHA-256 of each file that a build of a copy of the sources makes. */
function build(directory) {
  for (const name of NEEDED) cpSync(name, join(directory, name), { recursive: true })
  symlinkSync(resolve('node_modules'), join(directory, 'node_modules'))
  for (const script of ['scripts/bundle.mjs', 'scripts/package.mjs'])
    execFileSync(process.execPath, [script], { cwd: directory, stdio: 'pipe' })
  const dist = join(directory, 'dist')
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex')
      return [path.slice(dist.length + 1), hash]
    }),
  )
}
