// Records what a run does to its data directory, with strace.

import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { PROGRAMS } from '../../support/program.ts'
import { ROOT_INODE, type DiskOperation, type Inode, type Tree } from './disk-operations.ts'
import type { CommandLine } from './workload.ts'

const TRACED =
  'openat,open,creat,write,pwrite64,writev,pwritev,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir'

export type Recording = {
  /** What lay there before, durably. */
  readonly before: Tree
  readonly operations: readonly DiskOperation[]
  readonly exitCode: number | null
}

/** Why nothing can be recorded here, or undefined. */
export function whyNoStrace(): string | undefined {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'strace is missing or not permitted'
  }
}

export async function record({ args, env }: CommandLine, dataDir: string): Promise<Recording> {
  const { tree, inodes } = scan(dataDir)
  const trace = `${dataDir}.trace`
  const [program, ...entry] = PROGRAMS.bundle
  const options = ['-f', '-qq', '-xx', '-s', '100000000', '-e', `trace=${TRACED}`, '-o', trace]
  const preload = env['LD_PRELOAD'] === undefined ? [] : ['-E', `LD_PRELOAD=${env['LD_PRELOAD']}`]
  const { LD_PRELOAD: _, ...environment } = env
  const child = spawn('strace', [...options, ...preload, program, ...entry, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [[exitCode]] = await Promise.all([once(child, 'close'), text(child.stderr!)])
  const operations = readTrace(readFileSync(trace, 'latin1'), dataDir, inodes)
  rmSync(trace)
  return { before: tree, operations, exitCode: exitCode as number | null }
}

type Inodes = {
  /** Path below the data directory → inode, as things stand. */
  readonly byPath: Map<string, Inode>
  next: Inode
}

function scan(dataDir: string): { tree: Tree; inodes: Inodes } {
  const tree: Tree = { directories: new Map(), files: new Map() }
  const inodes: Inodes = { byPath: new Map(), next: ROOT_INODE }
  const visit = (path: string): Inode => {
    const inode = inodes.next++
    inodes.byPath.set(path, inode)
    const entries = new Map<string, Inode>()
    for (const entry of readdirSync(join(dataDir, path), { withFileTypes: true })) {
      const child = join(path, entry.name)
      if (entry.isDirectory()) entries.set(entry.name, visit(child))
      else {
        const file = inodes.next++
        inodes.byPath.set(child, file)
        entries.set(entry.name, file)
        tree.files.set(file, readFileSync(join(dataDir, child)))
      }
    }
    tree.directories.set(inode, entries)
    return inode
  }
  visit('')
  return { tree, inodes }
}

/** What the fault shim adds to the descriptor of a sync that it lets fail. */
const FAILED_SYNC = 1_000_000

/** A log may lose lines, and SQLite makes its shared memory anew: neither is anybody's promise. */
const IGNORED = /^logs(\/|$)|-shm$/

function readTrace(trace: string, dataDir: string, inodes: Inodes): DiskOperation[] {
  const { byPath } = inodes
  const operations: DiskOperation[] = []
  const open = new Map<string, { readonly inode: Inode; at: number }>()
  const relative = (hex: string): string | undefined => {
    const path = decode(hex).toString()
    if (path !== dataDir && !path.startsWith(`${dataDir}/`)) return undefined
    const below = path.slice(dataDir.length + 1)
    return IGNORED.test(below) ? undefined : below
  }
  const make = (path: string, isDirectory: boolean): Inode => {
    const inode = inodes.next++
    byPath.set(path, inode)
    operations.push({ kind: 'make', ...placeOf(byPath, path), inode, isDirectory })
    return inode
  }
  const move = (from: string, to: string): void => {
    const { target, name } = placeOf(byPath, from)
    const place = placeOf(byPath, to)
    if (place.target !== target) throw new Error(`a rename between directories: ${from}, ${to}`)
    for (const [path, inode] of new Map(byPath))
      if (path === from || path.startsWith(`${from}/`)) {
        byPath.delete(path)
        byPath.set(to + path.slice(from.length), inode)
      }
    operations.push({ kind: 'rename', target, name, to: place.name })
  }

  for (const { call, args, result } of finishedCalls(trace)) {
    const failedSync =
      call === 'fsync' &&
      Number(args) >= FAILED_SYNC &&
      open.get(String(Number(args) - FAILED_SYNC))
    if (failedSync) operations.push({ kind: 'failed-sync', target: failedSync.inode })
    if (result < 0) continue
    switch (call) {
      case 'openat':
      case 'open': {
        const [, hex = '', flags = ''] = /"([^"]*)", ([A-Z_|]+)/.exec(args) ?? []
        const path = relative(hex)
        open.delete(String(result))
        if (path === undefined) break
        const isNew = !byPath.has(path)
        const inode = isNew ? make(path, false) : byPath.get(path)!
        if (!isNew && flags.includes('O_TRUNC'))
          operations.push({ kind: 'truncate', target: inode, length: 0 })
        open.set(String(result), { inode, at: 0 })
        break
      }
      case 'write':
      case 'pwrite64': {
        const [, fd = '', hex = '', at] = /^(\d+), "([^"]*)", \d+(?:, (\d+))?$/.exec(args) ?? []
        const bytes = decode(hex).subarray(0, result)
        if (fd === '2') {
          for (const line of bytes.toString().split('\n'))
            if (line.startsWith('{"event"')) operations.push({ kind: 'say', line })
          break
        }
        const file = open.get(fd)
        if (!file) break
        operations.push({ kind: 'write', target: file.inode, at: Number(at ?? file.at), bytes })
        if (at === undefined) file.at += bytes.length
        break
      }
      case 'ftruncate': {
        const [fd = '', length] = args.split(', ')
        const file = open.get(fd)
        if (file) operations.push({ kind: 'truncate', target: file.inode, length: Number(length) })
        break
      }
      case 'fsync':
      case 'fdatasync': {
        const file = open.get(args)
        if (file) operations.push({ kind: 'sync', target: file.inode })
        break
      }
      case 'rename': {
        const [from, to] = [...args.matchAll(/"([^"]*)"/g)].map(([, hex]) => relative(hex!))
        if (from !== undefined && to !== undefined) move(from, to)
        break
      }
      case 'mkdir': {
        const path = relative(args.slice(1, args.indexOf('"', 1)))
        if (path) make(path, true)
        break
      }
      case 'unlink':
      case 'rmdir': {
        const path = relative(args.slice(1, -1))
        if (path === undefined) break
        operations.push({ kind: 'remove', ...placeOf(byPath, path) })
        byPath.delete(path)
        break
      }
      default:
        if (args.includes(encode(dataDir))) throw new Error(`${call} is not modelled`)
    }
  }
  return operations
}

type Call = { readonly call: string; readonly args: string; readonly result: number }

/** The calls in the order in which they finished. */
function* finishedCalls(trace: string): Generator<Call> {
  const begun = new Map<string, string>()
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/s.exec(line) ?? []
    if (rest.endsWith(' <unfinished ...>')) {
      begun.set(thread, rest.slice(0, -' <unfinished ...>'.length))
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(rest)
    const whole = resumed ? `${begun.get(thread)}${resumed[1]}` : rest
    const end = whole.lastIndexOf(' = ')
    const start = whole.indexOf('(')
    if (start < 0 || end < 0) continue
    yield {
      call: whole.slice(0, start),
      args: whole.slice(start + 1, whole.lastIndexOf(')', end)),
      result: Number.parseInt(whole.slice(end + 3), 10),
    }
  }
}

function placeOf(
  byPath: ReadonlyMap<string, Inode>,
  path: string,
): { target: Inode; name: string } {
  const slash = path.lastIndexOf('/')
  const target = byPath.get(path.slice(0, Math.max(0, slash)))
  if (target === undefined) throw new Error(`${path} lies in no directory that is known`)
  return { target, name: path.slice(slash + 1) }
}

/** strace -xx: \x61\x62 */
function decode(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex')
}

function encode(path: string): string {
  return [...Buffer.from(path)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}
