// The files around a report: what it is made of, and the page itself.

import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { EQUITY_FILE, readEquityFile } from './backtest/equity-file.ts'
import { temporaryName } from './checkpoint/durable-files.ts'
import { KtrdrError, systemCode } from './core/errors.ts'
import { sha256 } from './core/hash.ts'
import { explainSystemError } from './core/system-error.ts'
import { expectWritable } from './data/place-file.ts'
import { ASSET_PATHS, type PageAssets } from './report/page.ts'
import { curveOf, readEquityCsv, type EquityCurve } from './report/result-files.ts'
import { readAsset } from './runtime/where.ts'

export function pageAssets(): PageAssets {
  const texts = (paths: readonly string[]): string[] =>
    paths.map((path) => new TextDecoder().decode(readAsset(path)))
  return {
    styles: texts(ASSET_PATHS.styles),
    scripts: texts(ASSET_PATHS.scripts),
    licences: texts(ASSET_PATHS.licences),
  }
}

/**
 * @param example name of a file in a directory that was named instead
 * @throws USAGE for a directory, and for a file that is there unless `force`; IO_FAILED when it cannot be written
 */
export function refuseToReplace(path: string, force: boolean, example = 'report.html'): void {
  expectWritable(dirname(path))
  if (!existsSync(path)) return
  if (statSync(path).isDirectory())
    throw new KtrdrError('USAGE', `${path} is a directory, expected the name of a file.`, {
      suggestions: [`--out ${join(path, example)}`],
    })
  if (!force) throw new KtrdrError('USAGE', `${path} exists already.`, { suggestions: ['--force'] })
}

/**
 * The file appears whole or not at all, with the directories above it.
 * @param isPrivate for nobody else to read, as all in the data directory
 * @returns its bytes
 */
export function placePage(path: string, page: string, isPrivate: boolean): number {
  const beside = join(dirname(path), temporaryName('report'))
  try {
    mkdirSync(dirname(path), { recursive: true, ...(isPrivate ? { mode: 0o700 } : {}) })
    writeFileSync(beside, page, { flag: 'wx', ...(isPrivate ? { mode: 0o600 } : {}) })
    renameSync(beside, path)
    return statSync(path).size
  } catch (error) {
    rmSync(beside, { force: true })
    throw explainSystemError(error, `${path} could not be written`)
  }
}

/** @throws FILE_NOT_FOUND, or DATA_INVALID when it is not as it was written */
export function resultFile(
  operationId: string,
  directory: string,
  name: string,
  expected: unknown,
): Uint8Array {
  const path = join(directory, name)
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    throw new KtrdrError('FILE_NOT_FOUND', `${path} of ${operationId} is gone.`, {
      suggestions: ['Run the backtest again: it gives the same files.'],
    })
  }
  if (sha256(bytes) !== expected)
    throw new KtrdrError('DATA_INVALID', `${path} is not as ${operationId} has written it.`, {
      suggestions: ['Run the backtest again: it gives the same files.'],
    })
  return bytes
}

/** Results of before had their equity as CSV. */
const EQUITY_CSV = 'equity.csv'

/**
 * The equity of a result, and the file that has it.
 * @param symbol of a result of before
 * @throws as `resultFile`
 */
export function resultCurve(
  operationId: string,
  directory: string,
  expected: unknown,
  symbol: string,
): { readonly name: string; readonly curve: EquityCurve } {
  const isCsv = !existsSync(join(directory, EQUITY_FILE)) && existsSync(join(directory, EQUITY_CSV))
  const name = isCsv ? EQUITY_CSV : EQUITY_FILE
  const bytes = resultFile(operationId, directory, name, expected)
  return {
    name,
    curve: isCsv
      ? readEquityCsv(new TextDecoder().decode(bytes), symbol)
      : curveOf(readEquityFile(bytes)),
  }
}
