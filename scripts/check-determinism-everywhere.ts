// Runs check-determinism.ts under other Nodes, which npm fetches, and under other processors, which qemu-user plays:
// node scripts/node.mjs scripts/check-determinism-everywhere.ts [--into DIR] [--engines A,B] [WORD…]
// Only rows whose name has every WORD, such as "arm64" or "Node 22". DIR keeps the Nodes for the next time. On Debian,
// qemu is the package qemu-user; arm64 also needs libc6-, libstdc++6- and libatomic1-arm64-cross. Linux alone.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ENGINES } from '../test/support/determinism.ts'

type Place = {
  readonly name: string
  readonly arch: 'x64' | 'arm64'
  readonly major: number
  /** Of V8. */
  readonly flags?: readonly string[]
  /** Arguments of the qemu that must play the processor, even where it is the real one. */
  readonly qemu?: readonly string[]
}

const MAJORS = [22, 24, 26]
const QEMU = { x64: 'qemu-x86_64', arm64: 'qemu-aarch64' }
const LIBRARIES = { x64: '/usr/x86_64-linux-gnu', arm64: '/usr/aarch64-linux-gnu' }

const PLACES: readonly Place[] = [
  ...(['x64', 'arm64'] as const).flatMap((arch) =>
    MAJORS.map((major): Place => ({ name: `Node ${major} ${arch}`, arch, major })),
  ),
  {
    name: 'Node 24 x64 never optimized',
    arch: 'x64',
    major: 24,
    flags: ['--liftoff-only', '--no-opt', '--no-maglev'],
  },
  { name: 'Node 24 x64 always optimized', arch: 'x64', major: 24, flags: ['--no-liftoff'] },
  {
    name: 'Node 24 x64 with bounds checks', // as on processors whose faults V8 does not catch
    arch: 'x64',
    major: 24,
    flags: ['--disable-wasm-trap-handler'],
  },
  { name: 'Node 24 x64 without AVX', arch: 'x64', major: 24, qemu: ['-cpu', 'Nehalem'] },
  { name: 'Node 24 x64 with AVX, without FMA', arch: 'x64', major: 24, qemu: ['-cpu', 'max,-fma'] },
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { into: { type: 'string' }, engines: { type: 'string' } },
})
const engines = ENGINES.filter((engine) => values.engines?.split(',').includes(engine) ?? true)
const places = PLACES.filter(({ name }) => positionals.every((word) => name.includes(word)))
const directory = values.into ?? mkdtempSync(join(tmpdir(), 'ktrdr-nodes-'))
const script = join(import.meta.dirname, 'check-determinism.ts')

/** Path of a Node, which npm has fetched if it was not there. */
function fetchNode({ arch, major }: Place): string {
  const home = join(directory, `${major}-${arch}`)
  const node = join(home, 'package', 'bin', 'node')
  if (existsSync(node)) return node
  mkdirSync(home, { recursive: true })
  const spec = `node-linux-${arch}@${major}`
  const packed = run('npm', ['pack', '--silent', '--pack-destination', home, spec])
  const unpacked = run('tar', ['-xzf', join(home, packed.stdout.trim()), '-C', home])
  if (packed.status !== 0 || unpacked.status !== 0)
    throw new Error(`${spec} cannot be fetched: ${packed.stderr}${unpacked.stderr}`)
  return node
}

function run(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(command, args, { encoding: 'utf8' })
}

/** The command that runs a file at this place, or why there is none. */
function commandAt(place: Place): readonly [string, ...string[]] | string {
  const { arch, qemu, flags = [] } = place
  const node = (): string[] => [fetchNode(place), '--no-warnings', ...flags]
  if (arch === process.arch && !qemu) return node() as [string, ...string[]]
  const player = QEMU[arch]
  if (run(player, ['--version']).error) return `${player} is not installed`
  const libraries = arch === process.arch ? [] : ['-L', LIBRARIES[arch]]
  return [player, ...libraries, ...(qemu ?? []), ...node()]
}

/** What check-determinism.ts says of one engine. */
function cell([command, ...args]: readonly [string, ...string[]], engine: string): string {
  const { stdout, status, signal, stderr } = run(command, [...args, script, engine])
  if (status !== 0) process.exitCode = 1
  const said = stdout.match(/^\S+: (.*)$/m)?.[1]
  return said ?? `died (${signal ?? status}): ${stderr.match(/^.*error.*$/im)?.[0] ?? 'no word'}`
}

const width = Math.max(...places.map(({ name }) => name.length))
try {
  for (const place of places) {
    const command = commandAt(place)
    if (typeof command === 'string') {
      console.log(`${place.name.padEnd(width)}  ${command}`)
      continue
    }
    const version = run(command[0], [...command.slice(1), '-p', 'process.version']).stdout.trim()
    for (const engine of engines)
      console.log(
        `${place.name.padEnd(width)}  ${version.padEnd(9)}  ${engine.padEnd(9)}  ${cell(command, engine)}`,
      )
  }
} finally {
  if (values.into === undefined) rmSync(directory, { recursive: true })
}
