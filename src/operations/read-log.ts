// Reading the log of an operation while it grows: whole lines from where the reader was, and the events that they tell.

import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { systemCode } from '../core/errors.ts'
import type { RunEvent } from '../core/events.ts'

export type LogLine = {
  /** As it stands in the file. */
  readonly raw: string
  readonly atMs: number
  /** Of pino: 20 debug, 30 info, 40 warn, 50 error. */
  readonly level: number
  readonly message: string
  /** What the run told its listener; null when the line says something else. */
  readonly event: RunEvent | null
}

/** What is left of a line that somebody else is still writing waits for the next call. */
export type LogReader = {
  /** Lines since the last call. */
  readonly read: () => LogLine[]
}

const NEWLINE = 0x0a
const BLOCK_BYTES = 1 << 16

export function createLogReader(path: string): LogReader {
  let at = 0
  let rest = Buffer.alloc(0)
  return {
    read: () => {
      const bytes = readFrom(path, at)
      at += bytes.length
      const all = Buffer.concat([rest, bytes])
      const end = all.lastIndexOf(NEWLINE) + 1
      rest = all.subarray(end)
      return all.toString('utf8', 0, end).split('\n').filter(Boolean).map(parseLine)
    },
  }
}

/** The whole lines at the end of a log, as many as a block holds; none when it cannot be read. */
export function readLastLines(path: string): LogLine[] {
  try {
    const size = statSync(path).size
    const from = Math.max(0, size - BLOCK_BYTES)
    const text = readFrom(path, from).toString('utf8')
    const begin = from === 0 ? 0 : text.indexOf('\n') + 1
    return text
      .slice(begin, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean)
      .map(parseLine)
  } catch {
    return []
  }
}

/** Nothing when there is no file yet. */
function readFrom(path: string, from: number): Buffer {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
  try {
    const blocks: Buffer[] = []
    for (let at = from, size = fstatSync(fd).size; at < size;) {
      const block = Buffer.alloc(Math.min(BLOCK_BYTES, size - at))
      const read = readSync(fd, block, 0, block.length, at)
      if (read === 0) break
      blocks.push(block.subarray(0, read))
      at += read
    }
    return Buffer.concat(blocks)
  } finally {
    closeSync(fd)
  }
}

/** A line that is none of ours (a kill in the middle of one, a hand) is a message without an event. */
function parseLine(raw: string): LogLine {
  try {
    const { time, level, msg, ...facts } = JSON.parse(raw) as Record<string, unknown>
    if (typeof time === 'number' && typeof level === 'number')
      return { raw, atMs: time, level, message: String(msg ?? ''), event: eventOf(facts) }
  } catch {
    // Told below.
  }
  return { raw, atMs: 0, level: 30, message: raw, event: null }
}

/** What belongs to each event: a line that lacks any of it tells none. */
const FIELDS: Readonly<Record<RunEvent['kind'], readonly string[]>> = {
  loading: [],
  stage: ['stage'],
  loaded: ['headline', 'warnings'],
  started: ['operationId', 'resumedFrom'],
  damaged: ['seq', 'reason'],
  progress: ['progress'],
  saved: ['checkpoint'],
  'save-failed': ['error'],
  cleaned: ['checkpointsDeleted', 'orphanArtifactsCleaned', 'bytesFreed', 'failed', 'warnings'],
  'cleanup-failed': ['error'],
  'thread-died': ['error'],
  task: ['index', 'text'],
  stopping: ['lastSaved', 'isSaving'],
  ended: ['status', 'error'],
}

function eventOf({ event, ...facts }: Record<string, unknown>): RunEvent | null {
  const kind = String(event)
  if (!Object.hasOwn(FIELDS, kind)) return null
  const fields = FIELDS[kind as RunEvent['kind']]
  if (fields.some((field) => !Object.hasOwn(facts, field))) return null
  const own = Object.fromEntries(fields.map((field) => [field, facts[field]]))
  if (kind === 'loaded') own['headline'] = Object.entries(own['headline'] ?? {})
  return { kind, ...own } as RunEvent
}
