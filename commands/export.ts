// What backtest and operations resume share: `--export DIR`.

import { Flags } from '@oclif/core'
import { exportResult, prepareExport, type RunReport } from '../src/ktrdr.ts'

export const exportFlag = Flags.string({
  helpValue: 'DIR',
  description: 'write the trades and the equity there, as CSV and Parquet, and the metrics.json',
})

/** Runs, and exports what a completed run has made; a directory that cannot be is refused before. */
export async function exporting<Report extends RunReport | { readonly status: 'running' }>(
  directory: string | undefined,
  run: () => Promise<Report>,
): Promise<Report> {
  if (directory === undefined) return run()
  prepareExport(directory)
  const report = await run()
  if (report.status === 'completed') await exportResult(report, directory)
  return report
}
