// dist/bin/ktrdr: one executable that needs no Node, made of the Node that runs this script and dist/bundle
// (Node's single executable application, through @yao-pkg/pkg, the maintained successor of pkg).
import { renameSync, rmSync, mkdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { kernelFile } from '../src/open-kernel.ts'
import { ASSETS } from './assets.mjs'

// Absolute: pkg works in a directory of its own.
const bundle = resolve('dist/bundle')
const out = resolve(process.argv[2] ?? 'dist/bin/ktrdr')
const temporary = `${out}.tmp` // never write over a running program (ETXTBSY)
mkdirSync(dirname(out), { recursive: true })
rmSync(temporary, { force: true })

process.env.npm_config_yes = 'true' // pkg runs `npx postject`, which must not ask
const { default: makeExecutable } = createRequire(import.meta.url)('@yao-pkg/pkg/lib-es5/sea.js')
await makeExecutable(`${bundle}/ktrdr.cjs`, {
  nodePath: process.execPath,
  targets: [
    {
      platform: process.platform,
      arch: process.arch,
      nodeRange: `node${process.versions.node.split('.')[0]}`,
      output: temporary,
    },
  ],
  seaConfig: {
    useCodeCache: true,
    // NODE_OPTIONS of the user's shell must not change or break the program.
    execArgvExtension: 'none',
    assets: {
      'worker.cjs': `${bundle}/worker.cjs`,
      'better_sqlite3.node': `${bundle}/better_sqlite3.node`,
      ...Object.fromEntries(
        [kernelFile(false), kernelFile(true), ...ASSETS].map((path) => [path, `${bundle}/${path}`]),
      ),
    },
  },
})
// pkg swallows errors of its targets: a plain copy of Node would be smaller than Node and the bundle.
const size = statSync(temporary).size
if (size < statSync(process.execPath).size + statSync(`${bundle}/ktrdr.cjs`).size)
  throw new Error(`${temporary} has only ${size} bytes: the bundle was not injected`)
renameSync(temporary, out)
console.log(`${out} ${(size / 2 ** 20).toFixed(1)} MiB, Node ${process.version}`)
