// One line that says where a run stands, never longer than the terminal is wide: what matters least goes first.

import type { Cursor, Progress } from '../core/operation.ts'
import { grouped } from '../core/text.ts'
import { donePercent, duration, steadyFigure } from './format.ts'
import { sparkline } from './sparkline.ts'

export type Pace = {
  /** Milliseconds per unit of the cursor, over the last seconds; null = not known yet. */
  readonly msPerUnit: number | null
  readonly etaMs: number | null
}

export type LineStyle = {
  readonly columns: number
  readonly unicode: boolean
  /** The loss so far, see loss-curve.ts. */
  readonly losses?: readonly number[]
}

/** Widths of the bar; it gives way to figures. Few of them, so that it does not twitch. */
const BARS = [24, 16, 8] as const
const SHORTEST_BAR = 8
const CURVE_WIDTH = 10
const GAP = '  '
/** Terminals without a size report 0 columns. */
const UNKNOWN_WIDTH = 80
/** Columns that stay free: for the cursor, and for the ^C that the terminal writes behind the line. */
const SPARE = 3

const SHORT_NAMES: Readonly<Record<string, string>> = {
  trainLoss: 'train',
  valLoss: 'val',
  bestValLoss: 'best',
}

export function progressLine(
  progress: Progress,
  pace: Pace,
  lastSaved: Cursor | null,
  style: LineStyle,
): string {
  const { cursor, doneRatio } = progress
  const room = Math.max(0, (style.columns > 0 ? style.columns : UNKNOWN_WIDTH) - SPARE)
  const position = `${cursor.unit} ${cursor.at}/${cursor.of}`
  const widest = `${cursor.unit} ${cursor.of}/${cursor.of}`
  const required = [
    position.padEnd(widest.length),
    bar(doneRatio, SHORTEST_BAR, style),
    donePercent(doneRatio).padStart(4),
  ]
  // Most important first; drawn in the order of `place`.
  const optional = [
    { place: -1, text: isSlow(pace) ? withinText(progress) : '' },
    { place: 9, text: pace.etaMs === null ? '' : `ETA ${duration(pace.etaMs)}` },
    ...metricTexts(progress).map((text, i) => ({ place: i, text })),
    { place: 10, text: lastSaved ? savedText(lastSaved) : '' },
    { place: 8, text: pace.msPerUnit === null ? '' : rate(pace.msPerUnit, cursor.unit) },
    { place: 7, text: curve(style) },
  ].filter(({ text }) => text !== '')

  const length = (parts: readonly string[]): number => parts.join(GAP).length
  if (length(required) > room) {
    const share = donePercent(doneRatio)
    const short = [`${position}${GAP}${share}`, `${cursor.at}/${cursor.of}${GAP}${share}`, share]
    return short.find((text) => text.length <= room) ?? share.slice(0, room)
  }
  const chosen: typeof optional = []
  for (const part of optional) {
    const texts = [...required, ...chosen.map(({ text }) => text), part.text]
    if (length(texts) <= room) chosen.push(part)
  }
  const tail = chosen.toSorted((a, b) => a.place - b.place).map(({ text }) => text)
  const spare = room - length([...required, ...tail])
  const width = BARS.find((columns) => columns - SHORTEST_BAR <= spare)!
  return [required[0], bar(doneRatio, width, style), required[2], ...tail].join(GAP).trimEnd()
}

function bar(ratio: number, width: number, { unicode }: LineStyle): string {
  const full = Math.round(Math.min(1, Math.max(0, ratio)) * width)
  return (unicode ? '▓' : '#').repeat(full) + (unicode ? '░' : '-').repeat(width - full)
}

/** A unit that takes so long, or of which nobody knows how long it takes, shows what of it is done. */
const SLOW_UNIT_MS = 5000

function isSlow({ msPerUnit }: Pace): boolean {
  return msPerUnit === null || msPerUnit >= SLOW_UNIT_MS
}

/** "batch 120/400" */
function withinText({ cursor: { within } }: Progress): string {
  if (within === null) return ''
  const { unit, at, of } = within
  return `${unit} ${at}/${of}`.padEnd(`${unit} ${of}/${of}`.length)
}

/** "saved @ 28", or of less than a unit "saved @ batch 4". */
function savedText({ at, within }: Cursor): string {
  return `saved @ ${at === 0 && within ? `${within.unit} ${within.at}` : at}`
}

/** As wide from the second epoch on as it will be, so that what is behind it stands still. */
function curve({ losses = [], unicode }: LineStyle): string {
  return unicode && losses.length > 1 ? sparkline(losses, CURVE_WIDTH).padEnd(CURVE_WIDTH) : ''
}

/** "train 0.280", "best 0.290 @ 25": the figures of the job, without those that are not known yet. */
function metricTexts({ metrics }: Progress): string[] {
  const { bestEpoch, ...others } = metrics
  return Object.entries(others)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => {
      const where = key === 'bestValLoss' && bestEpoch != null ? ` @ ${bestEpoch}` : ''
      return `${SHORT_NAMES[key] ?? key} ${steadyFigure(value!)}${where}`
    })
}

/** "1.9s/epoch" when slow, "4 300 bars/s" when fast. */
function rate(msPerUnit: number, unit: string): string {
  if (msPerUnit >= 10_000) return `${duration(msPerUnit)}/${unit}`
  if (msPerUnit >= 1000) return `${(msPerUnit / 1000).toFixed(1)}s/${unit}`
  const perSecond = 1000 / msPerUnit
  return `${perSecond >= 10 ? grouped(Math.round(perSecond)) : perSecond.toFixed(1)} ${unit}s/s`
}
