import type { Bars, Timeframe } from '../../src/data/bars.ts'
import type { DateRange } from '../../src/data/date-range.ts'
import { loadFrames } from '../../src/data/load-frames.ts'

/** What a run of one timeframe makes of one file. */
export async function loadBars(
  path: string,
  timeframe: Timeframe = '1d',
  range: DateRange = {},
  quietBeforeMs?: number,
): Promise<{ bars: Bars; warnings: readonly string[] }> {
  const { frames, warnings } = await loadFrames(
    [{ path, used: null }],
    'SPX',
    [timeframe],
    range,
    quietBeforeMs,
  )
  return { bars: frames.get(timeframe)!, warnings }
}
