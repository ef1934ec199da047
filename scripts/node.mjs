// Runs `node ARGS` with a Node that can run ktrdr (types stripped, Node-API 10: 22.18 or 24 and up).
// npm installs one beside the project (node-<os>-<cpu>); the running Node is used when that one is absent.
// Written for Node 18 and up: this file and ktrdr.mjs are all that an old Node ever sees of ktrdr.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [major, minor] = process.versions.node.split('.').map(Number)
export const isNewEnough = major >= 24 || (major === 22 && minor >= 18)

/** Path of a Node that is new enough; prints what to do and exits 1 when there is none. */
export function findNode() {
  const brought = join(
    root,
    'node_modules',
    `node-${process.platform}-${process.arch}`,
    'bin',
    'node',
  )
  if (existsSync(brought)) return brought
  if (isNewEnough) return process.execPath
  console.error(
    `ktrdr needs Node 24 (this is ${process.version}). Run "npm ci" without --omit=optional, which brings one, or install Node 24.`,
  )
  process.exit(1)
}

/** Runs `node ...args` to its end and exits as it did. Signals are passed on: the child decides. */
export function runNode(args) {
  const node = findNode()
  const PATH = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`
  const child = spawn(node, args, { stdio: 'inherit', env: { ...process.env, PATH } })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) =>
    process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)),
  )
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1])
  runNode(process.argv.slice(2))
