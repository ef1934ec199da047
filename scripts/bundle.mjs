// dist/bundle: the program as CommonJS files, two entries (main thread, worker threads) and the parts that these load
// when they are needed, each with the code that V8 made of it in a few runs; beside them the files they need.
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { makeConfig } from '../commands/cli.ts'
import { kernelModuleBytes } from '../src/neural/kernel/module.ts'
import { kernelFile } from '../src/open-kernel.ts'
import { ASSETS } from './assets.mjs'
import { makeUsual, RECORDING_FLAGS } from './compiled-code.ts'
import { PARTS, RECORDED } from './parts.ts'

/** An older Node would begin, and then say of something that it lacks that it is a bug of ktrdr. */
const REFUSE_OLD_NODE = `{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (!(major >= 24 || (major === 22 && minor >= 18))) {
    console.error('ktrdr needs Node 24 (this is ' + process.version + '). Install it, or build the executable, which needs none: npm run package');
    process.exit(1);
  }
}
`

const out = 'dist/bundle'
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })

const { plugins } = await makeConfig()
const [{ manifest }] = plugins.values()

/** In the place of commands/load-commands.ts: nothing is loaded before it is asked for. */
const commandTable = {
  name: 'command table',
  setup({ onLoad }) {
    onLoad({ filter: /commands\/load-commands\.ts$/ }, () => ({
      contents: `export const manifest = ${JSON.stringify(manifest)}
export const loadCommands = async () => ({})
const commands = {${Object.keys(manifest.commands)
        .map((id) => `'${id}': () => import('./${id.replaceAll(':', '/')}.ts')`)
        .join(',')}}
export const loadCommand = async (id) => (await commands[id]()).default`,
      loader: 'ts',
    }))
  },
}

/**
 * The front door re-exports functions of many modules. Each command gets them from where they are, so that it does not
 * load them all.
 */
const frontDoor = readFileSync('src/ktrdr.ts', 'utf8')
const REEXPORT = /^export \{([^}]*)\} from '\.(\/[^']+)'$/gm
const originOf = new Map(
  [...frontDoor.matchAll(REEXPORT)].flatMap(([, names, path]) =>
    namesIn(names).map((name) => [name, path]),
  ),
)
function namesIn(list) {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
}
const straightImports = {
  name: 'straight imports',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/ktrdr\.ts$/ }, () => ({
      contents: frontDoor.replaceAll(REEXPORT, ''),
      loader: 'ts',
    }))
    onLoad({ filter: /\/commands\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        /^import \{([^}]*)\} from '([./]*\/src)\/ktrdr\.ts'$/gm,
        (_, names, src) =>
          namesIn(names)
            .map((name) => `import { ${name} } from '${src}${originOf.get(name) ?? '/ktrdr.ts'}'`)
            .join('\n'),
      ),
      loader: 'ts',
    }))
  },
}

/** Dynamic imports of parts become calls of load-part.cjs. */
const partLoader = {
  name: 'part loader',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      const source = resolve(resolveDir, path)
      const name = Object.keys(PARTS).find((part) => resolve(PARTS[part]) === source)
      return kind === 'dynamic-import' && name ? { path: name, namespace: 'part' } : undefined
    })
    onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({
      contents: `const { loadPart } = require(${JSON.stringify(resolve('scripts/load-part.cjs'))})
module.exports = loadPart('${path}.cjs', __dirname)`,
      resolveDir: process.cwd(),
    }))
  },
}

const options = {
  metafile: true,
  outdir: out,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  define: { 'import.meta.url': '__ktrdr_url' },
  // Half a megabyte of character sets, for a prompt that opens an editor: there is none here.
  alias: { '@inquirer/external-editor': resolve('scripts/no-editor.cjs') },
  external: ['ts-node', 'tsx', 'tsx/*'], // loaders that oclif probes for; never used here
  logLevel: 'warning',
}
const OWN_URL = `const __ktrdr_url = require('node:url').pathToFileURL(__filename).href;`
const buildEntries = (recordsCode) =>
  build({
    ...options,
    entryPoints: { ktrdr: 'bin/ktrdr.ts', worker: 'src/worker.ts' },
    banner: { js: `${REFUSE_OLD_NODE}${OWN_URL}` },
    plugins: [partLoader],
    define: { ...options.define, RECORDS_CODE: String(recordsCode) },
  })
const parts = await build({
  ...options,
  entryPoints: PARTS,
  banner: { js: OWN_URL },
  plugins: [commandTable, straightImports],
})
const sqlite = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'))
copyFileSync(
  join(sqlite, 'prebuilds', `${process.platform}-${process.arch}.node`),
  join(out, 'better_sqlite3.node'),
)
for (const wide of [false, true])
  writeFileSync(join(out, kernelFile(wide)), kernelModuleBytes(wide))
for (const asset of ASSETS) cpSync(asset, join(out, asset))

// What these compile is what every command needs to come to its own work, and threads to theirs. The more is recorded,
// the longer it takes to read it, so it is only that. No network is trained: the kernel changes flags of V8, and code
// that was made under other flags is of no use.
await buildEntries(true)
const directory = mkdtempSync(join(tmpdir(), 'ktrdr-bundle-'))
const env = { PATH: process.env.PATH, KTRDR_DATA_DIR: join(directory, 'data'), HOME: directory }
const recordRun = (...args) =>
  execFileSync(process.execPath, [...RECORDING_FLAGS, join(out, 'ktrdr.cjs'), ...args], {
    env,
    stdio: 'pipe',
  })
const backtest = ['backtest', 'examples/strategies/sma-cross.yaml']
recordRun(...backtest, '--data', 'examples/data/sp500-1d.csv', '--progress', 'none')
rmSync(join(out, 'cli.cjs.code')) // what only a backtest needs of it
recordRun('--help')
recordRun('operations', 'list')
recordRun('__complete', 'operations')
for (const part of RECORDED) makeUsual(join(out, `${part}.cjs`), join(out, `${part}.cjs.code`), env)
rmSync(directory, { recursive: true })
const entries = await buildEntries(false)
const packages = packagesOf([parts, entries])
writeFileSync('dist/packages.json', `${JSON.stringify(packages)}\n`)
for (const name of ['ktrdr', 'worker', ...Object.keys(PARTS)])
  console.log(
    `${out}/${name}.cjs ${(statSync(join(out, `${name}.cjs`)).size / 1024).toFixed(0)} KiB`,
  )

/** Directories of the packages of which anything is in the bundle, and of the addon. */
function packagesOf(builds) {
  const inputs = builds.flatMap(({ metafile }) => Object.keys(metafile.inputs))
  const used = [...inputs, ...ASSETS, 'node_modules/better-sqlite3/addon']
  return [...new Set(used.flatMap(packageOf))].toSorted()
}

/** `…/node_modules/a/node_modules/@b/c/index.js` → `node_modules/a/node_modules/@b/c`; of our own files nothing. */
function packageOf(path) {
  const folder = 'node_modules/'
  const [first, last] = [path.indexOf(folder), path.lastIndexOf(folder) + folder.length]
  if (first === -1) return []
  const [scope, name] = path.slice(last).split('/')
  return [`${path.slice(first, last)}${scope.startsWith('@') ? `${scope}/${name}` : scope}`]
}
