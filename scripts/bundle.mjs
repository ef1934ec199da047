// dist/bundle: the program as two CommonJS files (main thread and worker threads) beside the files they need.
import { copyFileSync, cpSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { kernelModuleBytes } from '../src/neural/kernel/module.ts'
import { kernelFile } from '../src/open-kernel.ts'
import { ASSETS } from './assets.mjs'

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
const { metafile } = await build({
  metafile: true,
  entryPoints: { ktrdr: 'bin/ktrdr.ts', worker: 'src/worker.ts' },
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
  banner: {
    js: `${REFUSE_OLD_NODE}const __ktrdr_url = require('node:url').pathToFileURL(__filename).href;`,
  },
  external: ['ts-node', 'tsx', 'tsx/*'], // loaders that oclif probes for; never used here
  logLevel: 'warning',
})
const sqlite = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'))
copyFileSync(
  join(sqlite, 'prebuilds', `${process.platform}-${process.arch}.node`),
  join(out, 'better_sqlite3.node'),
)
for (const wide of [false, true])
  writeFileSync(join(out, kernelFile(wide)), kernelModuleBytes(wide))
for (const asset of ASSETS) cpSync(asset, join(out, asset))
writeFileSync('dist/packages.json', `${JSON.stringify(packagesOf(metafile))}\n`)
for (const name of ['ktrdr.cjs', 'worker.cjs'])
  console.log(`${out}/${name} ${(statSync(join(out, name)).size / 1024).toFixed(0)} KiB`)

/** Directories of the packages of which anything is in the bundle, and of the addon. */
function packagesOf({ inputs }) {
  const used = [...Object.keys(inputs), ...ASSETS, 'node_modules/better-sqlite3/addon']
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
