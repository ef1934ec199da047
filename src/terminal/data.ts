// What `ktrdr data` says of files of price bars.

import { counted, grouped } from '../core/text.ts'
import { longAge, size, visible } from './format.ts'
import { labelled, table } from './table.ts'
import { hanging } from './wrap.ts'

type FileReport = {
  readonly path: string
  readonly format: string
  readonly sizeBytes: number
  readonly bars: number
  readonly firstBarAt: string
  readonly lastBarAt: string
  readonly timeframe: string | null
  readonly spacingMs: number
  readonly gaps: number
  readonly largestGapMs: number
  readonly lowest: number
  readonly highest: number
  readonly columns: {
    readonly timestamp: string
    readonly open: string
    readonly high: string
    readonly low: string
    readonly close: string
    readonly volume: string | null
    readonly ignored: readonly string[]
  }
}

/** One file is shown whole: where a table of it is too wide, below itself. */
export function inspectScreen(files: readonly FileReport[], room: number): string {
  const rows = files.map((file) => [
    file.path,
    file.format,
    size(file.sizeBytes),
    grouped(file.bars),
    file.timeframe ?? `${longAge(file.spacingMs)}?`,
    moment(file.firstBarAt),
    moment(file.lastBarAt),
    file.gaps === 0 ? 'none' : `${grouped(file.gaps)}, up to ${longAge(file.largestGapMs)}`,
    `${file.lowest} … ${file.highest}`,
    columnsText(file.columns),
  ])
  const [only, ...others] = rows
  const whole = table(INSPECTED, rows)
  if (whole.split('\n').every(({ length }) => length <= room)) return whole
  if (!only || others.length > 0) return table(INSPECTED, rows, room)
  return labelled(
    INSPECTED.map(({ head }, i) => [`${head[0]}${head.slice(1).toLowerCase()}`, only[i]!]),
    { room },
  )
}

const INSPECTED = [
  { head: 'FILE' },
  { head: 'FORMAT', gone: 3 },
  { head: 'SIZE', align: 'right', gone: 2 },
  { head: 'BARS', align: 'right' },
  { head: 'TIMEFRAME' },
  { head: 'FIRST' },
  { head: 'LAST' },
  { head: 'GAPS', gone: 5 },
  { head: 'PRICES', gone: 4 },
  { head: 'COLUMNS', gone: 1 },
] as const

/** The file's own names in the order of a bar, `-` for a volume that is not there. */
function columnsText({
  timestamp,
  open,
  high,
  low,
  close,
  volume,
  ignored,
}: FileReport['columns']) {
  const used = [timestamp || '(unnamed)', open, high, low, close, volume ?? '-'].join(' ')
  return ignored.length === 0 ? used : `${used}, not used: ${ignored.join(' ')}`
}

/** "2000-01-03" at midnight, else "2024-01-01 09:30". */
function moment(iso: string): string {
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 16).replace('T', ' ')
}

type FileCheck = {
  readonly path: string
  readonly isSound: boolean
  readonly problems: readonly {
    readonly severity: 'error' | 'warning'
    readonly line: number | null
    readonly message: string
  }[]
  readonly count: number
}

export function checkScreen(files: readonly FileCheck[], room: number): string {
  return files
    .flatMap(({ path, problems, isSound, count }) => [
      ...problems.map(({ severity, line, message }) => {
        const place = line === null ? path : `${path}:${line}`
        return hanging(severity === 'error' ? '✗ ' : '! ', visible(`${place}: ${message}`), room)
      }),
      ...(count > problems.length ? [`  … and ${grouped(count - problems.length)} more.`] : []),
      ...(isSound ? [visible(`${path}: ok`)] : []),
    ])
    .join('\n')
}

export function writtenScreen(
  written: {
    readonly path: string
    readonly sizeBytes: number
    readonly bars: number
    readonly timeframe: string | null
    readonly firstBarAt: string
    readonly lastBarAt: string
    readonly warnings: readonly string[]
  },
  room: number,
): string {
  const { path, sizeBytes, bars, timeframe, firstBarAt, lastBarAt, warnings } = written
  const what = `${counted(bars, timeframe === null ? 'bar' : `${timeframe} bar`)}  ${moment(firstBarAt)} … ${moment(lastBarAt)}`
  return [
    ...warnings.map((warning) => hanging('! ', visible(warning), room)),
    labelled(
      [
        ['Bars', what],
        ['File', `${path}  ${size(sizeBytes)}`],
      ],
      { room },
    ),
  ].join('\n')
}
