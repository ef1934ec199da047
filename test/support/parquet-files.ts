// Parquet files for tests, written by hyparquet-writer in whatever way a test needs.

import { fileURLToPath } from 'node:url'
import { parquetWriteBuffer, type ParquetWriteOptions } from 'hyparquet-writer'
import { tempFile } from './csv-files.ts'

export type ParquetColumns = ParquetWriteOptions['columnData']

export function tempParquet(
  columnData: ParquetColumns,
  options: Omit<ParquetWriteOptions, 'columnData' | 'writer'> = {},
  name = 'bars.parquet',
): string {
  return tempFile(new Uint8Array(parquetWriteBuffer({ columnData, ...options })), name)
}

/** Written by pandas and pyarrow; see the README beside them. */
export function parquetFixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/parquet/${name}.parquet`, import.meta.url))
}
