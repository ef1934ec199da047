// The worst drawdowns as a table shows them.

import { worstDrawdowns } from './drawdowns.ts'
import type { EquityCurve } from './result-files.ts'

const WORST = 10
const DAY_MS = 86_400_000

export type DrawdownRow = {
  readonly ratio: number
  /** Of the peak; of the first bar when the capital was the peak. */
  readonly fromMs: number
  readonly deepestMs: number
  readonly recoveredMs: number | null
  readonly daysDown: number
  /** From the deepest bar to the recovery; null = not yet. */
  readonly daysUp: number | null
}

export function drawdownRows(
  { equity, timeMs }: Pick<EquityCurve, 'equity' | 'timeMs'>,
  capital: number,
): DrawdownRow[] {
  const days = (fromMs: number, toMs: number): number => Math.round((toMs - fromMs) / DAY_MS)
  return worstDrawdowns(equity, capital, WORST).map((fall) => {
    const fromMs = timeMs[Math.max(0, fall.peakBar)]!
    const deepestMs = timeMs[fall.deepestBar]!
    const recoveredMs = fall.recoveredBar === null ? null : timeMs[fall.recoveredBar]!
    return {
      ratio: fall.ratio,
      fromMs,
      deepestMs,
      recoveredMs,
      daysDown: days(fromMs, deepestMs),
      daysUp: recoveredMs === null ? null : days(deepestMs, recoveredMs),
    }
  })
}
