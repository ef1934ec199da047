// Copying the files of a backtest to where the user wants them.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { explainSystemError } from './core/system-error.ts'
import type { RunReport } from './operations/views.ts'

/**
 * Makes `directory` if need be, and sure that files can be written there: before hours of work.
 * @throws IO_FAILED
 */
export function prepareExport(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true })
    rmdirSync(mkdtempSync(join(directory, '.ktrdr-')))
  } catch (error) {
    throw explainSystemError(error, `Nothing can be exported to ${directory}`)
  }
}

/**
 * Copies the files of a completed backtest.
 * @throws IO_FAILED, saying where they are
 */
export function exportResult(report: RunReport, directory: string): void {
  const { path } = report['backtest'] as { path: string }
  try {
    for (const name of readdirSync(path)) copyFileSync(join(path, name), join(directory, name))
  } catch (error) {
    throw explainSystemError(
      error,
      `The result is in ${path}, but it could not be copied to ${directory}`,
    )
  }
}
