// What backtest and operations resume share: `--export DIR`.

import { Flags } from '@oclif/core'
import { exportResult, prepareExport, type RunReport } from '../src/ktrdr.ts'

export const exportFlag = Flags.string({
  helpValue: 'DIR',
  description: 'copy trades.csv, equity.csv and metrics.json of a backtest there',
})

/** Runs, and copies what a completed run has made; a directory that cannot be is refused before. */
export async function exporting(
  directory: string | undefined,
  run: () => Promise<RunReport>,
): Promise<RunReport> {
  if (directory === undefined) return run()
  prepareExport(directory)
  const report = await run()
  if (report.status === 'completed') exportResult(report, directory)
  return report
}
