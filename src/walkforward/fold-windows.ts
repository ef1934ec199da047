// The windows of a walk-forward (Pardo 2008, ch. 11): train on [t, t + train), test on the bars right after it, go on by
// `step`. Moments, not bars, so that symbols with other hours have the same windows.
//
// Invariants: test windows ascend and never overlap; each begins where its train window ends; all but the last are whole.

import { KtrdrError } from '../core/errors.ts'
import { counted } from '../core/text.ts'
import { firstBarAtOrAfter, type Stamps } from '../data/bars.ts'
import { after, midnightOf, spanText, typicalDays, type Span } from './span.ts'

export type FoldSpans = {
  readonly train: Span
  readonly test: Span
  readonly step: Span
  /** Each train window begins with the first bar. */
  readonly isAnchored: boolean
}

/** UTC epoch milliseconds. */
export type FoldWindow = {
  readonly trainFromMs: number
  /** End of the train window too. */
  readonly testFromMs: number
  /** Exclusive. */
  readonly testToMs: number
  /** The data ends before the test window is over. */
  readonly isShort: boolean
}

/** A last test window that the data covers less of is left away. */
export const LEAST_OF_TEST = 0.5
const LEAST_FOLDS = 2
const MOST_FOLDS = 10_000
const DAY_MS = 86_400_000
const YEAR_DAYS = 365.25

/**
 * @param stamps of the bars of the range, of all symbols
 * @param barMs how long a bar lasts
 * @throws USAGE for test windows that would overlap, DATA_INVALID for data that is too short
 */
export function foldWindows(stamps: Stamps, barMs: number, spans: FoldSpans): FoldWindow[] {
  const { train, test, step, isAnchored } = spans
  refuseOverlap(spans)
  const isCounted = [test, step].some(({ unit }) => unit === 'bars')
  const hasBars = isCounted || train.unit === 'bars'
  const firstMs = stamps.timestampMs[0]!
  const endMs = stamps.timestampMs[stamps.length - 1]! + barMs
  // Days of a calendar begin at midnight; bars where they are.
  const originMs = hasBars ? firstMs : midnightOf(firstMs)
  const firstTestMs = after(originMs, train, 1, stamps)
  const testFrom = (fold: number): number => after(firstTestMs, step, fold, stamps)
  const folds: FoldWindow[] = []
  for (let fold = 0; testFrom(fold) < endMs; fold++) {
    if (fold === MOST_FOLDS) throw tooMany(spans)
    const [testFromMs, nextMs] = [testFrom(fold), testFrom(fold + 1)]
    const wantedToMs = testEnd(firstTestMs, fold, spans, stamps)
    if (wantedToMs > nextMs && nextMs < endMs && isCounted) throw overlap(spans)
    // Months are of different lengths: where the next one is early, it takes the last days over.
    const fullToMs = Math.min(wantedToMs, nextMs)
    const covered = coverage(stamps, endMs, { testFromMs, fullToMs }, test)
    if (covered < LEAST_OF_TEST) break
    const testToMs = Math.min(fullToMs, endMs)
    const window = {
      trainFromMs: isAnchored ? originMs : after(originMs, step, fold, stamps),
      testFromMs,
      testToMs,
      isShort: covered < 1,
    }
    if (firstBarAtOrAfter(stamps, testFromMs) < firstBarAtOrAfter(stamps, testToMs))
      folds.push(window)
  }
  if (folds.length < LEAST_FOLDS) throw tooShort(stamps, endMs, folds.length, spans)
  return folds
}

/** Counted from the first test window on, where that is possible: of months that is another day than from the fold on. */
function testEnd(firstTestMs: number, fold: number, spans: FoldSpans, stamps: Stamps): number {
  const { test, step } = spans
  if (test.unit !== step.unit) return after(after(firstTestMs, step, fold, stamps), test, 1, stamps)
  const count = step.count * fold + test.count
  return after(firstTestMs, { unit: test.unit, count }, 1, stamps)
}

/** Share of a test window that there is data for. */
function coverage(
  stamps: Stamps,
  endMs: number,
  { testFromMs, fullToMs }: { readonly testFromMs: number; readonly fullToMs: number },
  { unit, count }: Span,
): number {
  if (unit === 'bars')
    return Math.min(1, (stamps.length - firstBarAtOrAfter(stamps, testFromMs)) / count)
  return Math.min(1, (endMs - testFromMs) / (fullToMs - testFromMs))
}

function refuseOverlap(spans: FoldSpans): void {
  const [testDays, stepDays] = [typicalDays(spans.test), typicalDays(spans.step)]
  if (testDays !== null && stepDays !== null && stepDays < testDays) throw overlap(spans)
  if (spans.test.unit === 'bars' && spans.step.unit === 'bars')
    if (spans.step.count < spans.test.count) throw overlap(spans)
}

function overlap({ test, step }: FoldSpans): KtrdrError {
  return new KtrdrError(
    'USAGE',
    `--step ${spanText(step)} is shorter than --test ${spanText(test)}: the same bars would be traded by several folds.`,
    { suggestions: [`--step ${spanText(test)}`, `--test ${spanText(step)}`] },
  )
}

function tooMany({ step }: FoldSpans): KtrdrError {
  return new KtrdrError(
    'USAGE',
    `--step ${spanText(step)} makes more than ${MOST_FOLDS} folds, each of which is trained anew.`,
    { suggestions: ['Choose a longer --test and --step.'] },
  )
}

function tooShort(
  { length, timestampMs }: Stamps,
  endMs: number,
  folds: number,
  { train, test }: FoldSpans,
): KtrdrError {
  const days = (endMs - timestampMs[0]!) / DAY_MS
  const [from, to] = [timestampMs[0]!, timestampMs[length - 1]!].map((ms) =>
    new Date(ms).toISOString().slice(0, 10),
  )
  return new KtrdrError(
    'DATA_INVALID',
    `The data is ${lengthText(days)} long (${counted(length, 'bar')}, ${from} … ${to}), which makes ${counted(folds, 'fold')} of --train ${spanText(train)} and --test ${spanText(test)}; a walk-forward needs ${LEAST_FOLDS}.`,
    { suggestions: [shorter(days, length, train)] },
  )
}

function lengthText(days: number): string {
  return days < YEAR_DAYS
    ? counted(Math.round(days), 'day')
    : `${(days / YEAR_DAYS).toFixed(1)} years`
}

/** Half to train on, and four folds in the rest. */
function shorter(days: number, bars: number, { unit }: Span): string {
  const of = (share: number): string =>
    unit === 'bars'
      ? `${Math.max(1, Math.floor(bars * share))}bars`
      : `${Math.max(1, Math.floor(days * share))}d`
  return `--train ${of(1 / 2)} --test ${of(1 / 8)}`
}
