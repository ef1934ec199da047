import { throughCache, type BarCache } from './bar-cache.ts'
import type { FileBars, ReadOptions } from './collect-bars.ts'
import { fileFormat } from './open-file.ts'
import { MAX_BARS, refuseSurveyed, startSurvey, TooManyBars } from './survey.ts'

/**
 * The bars of a CSV or Parquet file: its bytes tell which, not its name.
 * @throws FILE_NOT_FOUND, IO_FAILED, DATA_INVALID with the first five problems and the count of all
 */
export async function readBars(
  path: string,
  options: ReadOptions = {},
  cache: BarCache | null = null,
): Promise<FileBars> {
  return cache ? throughCache(cache, path, () => readFile(path, options)) : readFile(path, options)
}

async function readFile(path: string, options: ReadOptions): Promise<FileBars> {
  try {
    return await readFormat(path, options)
  } catch (error) {
    if (!(error instanceof TooManyBars)) throw error
    const survey = startSurvey(options, false)
    await readFormat(path, { ...options, survey })
    refuseSurveyed(path, survey, options.maxRows ?? MAX_BARS)
    return readFormat(path, { ...options, survey: startSurvey(options, true) })
  }
}

async function readFormat(path: string, options: ReadOptions): Promise<FileBars> {
  if ((await fileFormat(path)) === 'parquet') {
    const { readParquetBars } = await import('./read-parquet.ts')
    return readParquetBars(path, options)
  }
  const { readCsvBars } = await import('./read-csv.ts')
  return readCsvBars(path, options)
}
