// Whether the pages of a Parquet file can be what their headers say, before they are unpacked: what reads them takes the
// sizes at their word, and would walk in a circle or ask for more memory than there is.

import type { AsyncBuffer, FileMetaData } from 'hyparquet'
import { checkThrift } from './check-thrift.ts'

const FOOTER_BYTES = 8
/** Thousands of row groups and columns take less. */
const MOST_METADATA_BYTES = 2 ** 24
/** Bars differ in their prices and their times: even packed well, one of them takes a byte and more. */
const MOST_ROWS_IN_A_BYTE = 4
const HARMLESS_ROWS = 1_000_000
const MOST_UNPACKED_RATIO = 100
const HARMLESS_BYTES = 2 ** 26

/**
 * Whether the metadata at the end of the file can be unpacked. A length that is out of the file is left to what reads it.
 * @throws Error with a reason
 */
export async function checkMetadata(file: AsyncBuffer): Promise<void> {
  const { byteLength } = file
  if (byteLength < FOOTER_BYTES) return
  const end = byteLength - FOOTER_BYTES
  const length = new DataView(await file.slice(end)).getUint32(0, true)
  if (length > end) return
  expect(length <= MOST_METADATA_BYTES, `its metadata has ${length} bytes`)
  checkThrift(new Uint8Array(await file.slice(end - length, end)))
}

/**
 * @param names of the columns that will be read
 * @throws Error with a reason
 */
export async function checkPages(
  file: AsyncBuffer,
  { row_groups: groups, num_rows: fileRows }: FileMetaData,
  names: readonly string[],
): Promise<void> {
  const { parquetHeader } = await import('hyparquet/src/column.js')
  const most = Math.max(HARMLESS_ROWS, MOST_ROWS_IN_A_BYTE * file.byteLength)
  expect(fileRows <= most, `it claims ${fileRows} rows in ${file.byteLength} bytes`)
  let rowsOfGroups = 0
  for (const group of groups) {
    const groupRows = Number(group.num_rows)
    rowsOfGroups += groupRows
    let [packedOfGroup, unpackedOfGroup] = [0, 0]
    for (const { meta_data: column } of group.columns) {
      if (!column || !names.includes(column.path_in_schema[0]!)) continue
      const start = Number(column.dictionary_page_offset || column.data_page_offset)
      const end = start + Number(column.total_compressed_size)
      expect(start >= 0 && end > start && end <= file.byteLength, 'a column is out of the file')
      const chunk = await file.slice(start, end)
      const reader = { view: new DataView(chunk), offset: 0 }
      let rows = 0
      while (reader.offset < chunk.byteLength - 1 && rows < groupRows) {
        checkThrift(new Uint8Array(chunk), reader.offset)
        const header = parquetHeader(reader)
        const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header
        expect(isCount(packed, chunk.byteLength - reader.offset), 'a page is out of its column')
        expect(
          isCount(unpacked, Number(column.total_uncompressed_size)),
          'a page is larger than its column',
        )
        reader.offset += packed
        packedOfGroup += packed
        unpackedOfGroup += unpacked
        const page = header.data_page_header ?? header.data_page_header_v2
        const values = (page ?? header.dictionary_page_header)?.num_values
        expect(isCount(values, groupRows), 'a page has more values than there are rows')
        if (!page) continue
        rows += values!
        expect(page.encoding !== undefined, 'a page is encoded in no known way')
        const { data_page_header_v2: second } = header
        if (!second) continue
        expect(second.num_rows === values, 'a page has other rows than values')
        const levels = second.definition_levels_byte_length + second.repetition_levels_byte_length
        expect(isCount(levels, packed), 'the levels of a page are longer than it')
      }
      expect(rows === groupRows, 'a column has fewer values than there are rows')
    }
    // All of its pages are unpacked before the next group is.
    expect(
      unpackedOfGroup <= Math.max(HARMLESS_BYTES, MOST_UNPACKED_RATIO * packedOfGroup),
      `a row group unpacks to more than ${MOST_UNPACKED_RATIO} times its size`,
    )
  }
  expect(rowsOfGroups === Number(fileRows), 'its row groups do not have the rows of the file')
}

function isCount(value: number | undefined, most: number): boolean {
  return value !== undefined && value >= 0 && value <= most
}

function expect(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(otherwise)
}
