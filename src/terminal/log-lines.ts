// Lines of a log as people read them.

import { hanging } from './wrap.ts'
import { utc, visible } from './format.ts'

const LEVELS: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'ERROR',
}
const WIDEST_LEVEL = 5

/** "2026-11-27 19:10:38 UTC  info   checkpoint saved: epoch 29" */
export function logLine(
  line: { readonly atMs: number; readonly level: number; readonly message: string },
  room = Infinity,
): string {
  const { atMs, level, message } = line
  if (atMs === 0) return hanging('', visible(message), room)
  const head = `${utc(new Date(atMs).toISOString())}  ${(LEVELS[level] ?? String(level)).padEnd(WIDEST_LEVEL)}  `
  return hanging(head, visible(message), room)
}
