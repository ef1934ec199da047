// dist/bin/ktrdr: one executable that needs no Node, made of the Node that runs this script and dist/bundle
// (Node's single executable application, through @yao-pkg/pkg, the maintained successor of pkg). Beside it what it is made of.
// The same bundle gives the same bytes, wherever it lies: no path, no time and no random number gets in.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { kernelFile } from '../src/open-kernel.ts'
import { sqliteVersion } from '../src/store/database.ts'
import { ASSETS } from './assets.mjs'
import { PART_FILES } from './parts.ts'
import { writeThirdParty } from './third-party.mjs'

const out = resolve(process.argv[2] ?? 'dist/bin/ktrdr')
const temporary = `${out}.tmp` // never write over a running program (ETXTBSY)
mkdirSync(dirname(out), { recursive: true })
mkdirSync('dist/tmp', { recursive: true })
const work = mkdtempSync(resolve('dist/tmp/package-'))
rmSync(temporary, { force: true })

// pkg works in a directory of its own below this one, from which the bundle is always reached in the same way: the path of the
// main file is written into the executable.
process.env.TMPDIR = work
const bundle = '../../../bundle'
const strippedNode = stripped(process.execPath)

process.env.npm_config_yes = 'true' // pkg runs `npx postject`, which must not ask
const require = createRequire(import.meta.url)
seedCodeCache(require('node:child_process')) // before pkg takes its functions
const { default: makeExecutable } = require('@yao-pkg/pkg/lib-es5/sea.js')
await makeExecutable('dist/bundle/ktrdr.cjs', {
  nodePath: strippedNode,
  targets: [
    {
      platform: process.platform,
      arch: process.arch,
      nodeRange: `node${process.versions.node.split('.')[0]}`,
      output: temporary,
    },
  ],
  seaConfig: {
    main: `${bundle}/ktrdr.cjs`,
    useCodeCache: true,
    // NODE_OPTIONS of the user's shell must not change or break the program.
    execArgvExtension: 'none',
    assets: {
      'worker.cjs': `${bundle}/worker.cjs`,
      'better_sqlite3.node': `${bundle}/better_sqlite3.node`,
      ...Object.fromEntries(
        [kernelFile(false), kernelFile(true), ...PART_FILES, ...ASSETS].map((path) => [
          path,
          `${bundle}/${path}`,
        ]),
      ),
    },
  },
})
// pkg swallows errors of its targets: a plain copy of Node would be smaller than Node and the bundle.
const size = statSync(temporary).size
if (size < statSync(strippedNode).size + statSync('dist/bundle/ktrdr.cjs').size)
  throw new Error(`${temporary} has only ${size} bytes: the bundle was not injected`)
smokeTest(temporary)
renameSync(temporary, out)
rmSync(work, { recursive: true })
const components = writeThirdParty(dirname(out), sqliteVersion())
console.log(
  `${out} ${(size / 2 ** 20).toFixed(1)} MiB, Node ${process.version}, ${components} packages`,
)

/** A copy without the symbols that only a debugger wants; as it is where there is no `strip`. */
function stripped(node) {
  const copy = join(work, 'node')
  copyFileSync(node, copy)
  try {
    execFileSync('strip', [copy], { stdio: 'pipe' })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    console.log('There is no `strip` here: the executable is some 17 MiB larger.')
  }
  return copy
}

/** It starts, knows itself, and works with its addon, its assets and nothing else. */
function smokeTest(program) {
  const home = mkdtempSync(join(work, 'home-'))
  const run = (...args) =>
    execFileSync(program, args, { cwd: home, env: { HOME: home }, encoding: 'utf8' })
  const version = run('--version')
  if (!version.startsWith('ktrdr/')) throw new Error(`it says of itself: ${version}`)
  const synth = ['data', 'synth', '--out', 'walk.csv', '--bars', '100', '--timeframe', '1d']
  run(...synth)
  const { bars } = JSON.parse(run('data', 'inspect', 'walk.csv', '--json')).files[0]
  if (bars !== 100) throw new Error(`of 100 bars it reads ${bars}`)
  const { operations } = JSON.parse(run('operations', 'list', '--json'))
  if (operations.length !== 0) throw new Error('a new store has operations')
}

/** V8 puts random numbers into the cached code of a program; with a seed they are the same ones each time. */
function seedCodeCache(childProcess) {
  const run = promisify(childProcess.execFile)
  const seeded = (args) =>
    args[0] === '--experimental-sea-config' ? ['--random-seed=1', ...args] : args
  childProcess.execFile = Object.assign(() => {}, {
    [promisify.custom]: (file, args, ...rest) => run(file, seeded(args), ...rest),
  })
}
